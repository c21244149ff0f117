// A short tone. Browsers let a page sound once somebody has pressed something on it; before, it stays silent.

const LENGTH = 0.18; // seconds
let audio;

export function ring(times = 1) {
  try {
    audio ??= new AudioContext();
    for (let time = 0; time < times; time++) tone(audio.currentTime + 1.5 * LENGTH * time);
  } catch {
    return; // a machine without sound
  }
}

function tone(start) {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = 660;
  volume.gain.setValueAtTime(0.12, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
  source.connect(volume).connect(audio.destination);
  source.start(start);
  source.stop(start + LENGTH);
}
