// "The nearest to me": asks the browser for the position, and the gateway for the office there. Loaded on the press.
const PATIENCE = 15_000; // ms; people need some to decide
const DIGITS = 1_000; // a position to about 100 m is enough

/** Returns the choice {label, payload} of the nearest office. Throws an Error whose message says what to do instead. */
export async function nearestOffice(payload, api, words) {
  let choice;
  try {
    const { coords } = await new Promise((resolve, reject) => {
      navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: PATIENCE, maximumAge: 60_000 });
    });
    const rounded = (degrees) => Math.round(degrees * DIGITS) / DIGITS;
    choice = await api.nearby(payload, { latitude: rounded(coords.latitude), longitude: rounded(coords.longitude) });
  } catch (error) {
    throw new Error(error.status && error.message ? error.message : words.near_refused); // of the gateway: too many, too old
  }
  if (!choice.payload) throw new Error(words.near_none);
  return choice;
}
