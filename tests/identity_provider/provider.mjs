// An OpenID Connect provider (panva's oidc-provider) on loopback, as ProConnect or Keycloak would be set up for Guichet.
// Its set-up comes as JSON in the environment; keys are new at each start, so that a restart is a rotation of keys.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const setUp = JSON.parse(process.env.PROVIDER);
const { default: Provider } = await import(pathToFileURL(createRequire(process.cwd() + "/").resolve("oidc-provider")));

const { alg } = setUp;
const pair = alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg };
const users = setUp.users;

const provider = new Provider(setUp.issuer, {
  jwks: { keys: [key] },
  clients: [
    {
      client_id: setUp.client,
      client_secret: setUp.secret,
      redirect_uris: [`${setUp.service}/desk/oidc/callback`],
      post_logout_redirect_uris: [`${setUp.service}/desk/oidc/signed-out`],
      id_token_signed_response_alg: alg,
      token_endpoint_auth_method: setUp.auth,
      ...(setUp.signed ? { userinfo_signed_response_alg: alg } : {}),
    },
  ],
  clientAuthMethods: [setUp.auth],
  scopes: ["openid"],
  claims: {
    openid: ["sub", "acr"],
    email: ["email", "email_verified"],
    profile: ["given_name", "family_name", "realm_access"],
    given_name: ["given_name"],
    usual_name: ["usual_name"],
  },
  acrValues: ["eidas1", "eidas2"],
  cookies: { keys: ["tests"] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: setUp.claims },
    jwtUserinfo: { enabled: true },
  },
  enabledJWA: { idTokenSigningAlgValues: [alg], userinfoSigningAlgValues: [alg] },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => users[id] && { accountId: id, claims: () => ({ ...users[id], sub: id }) },
  // An administration's provider does not ask its own staff for consent.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
    grant.addOIDCScope("openid email profile given_name usual_name");
    grant.addOIDCClaims(["acr", "auth_time"]);
    await grant.save();
    return grant;
  },
});

const page = `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Fournisseur d’identité</title>
<h1>Fournisseur d’identité de la commune</h1><form method="post"><label>Identifiant <input name="login" autofocus></label>
<button name="go" value="yes">Se connecter</button> <button name="go" value="no">Annuler</button></form>`;

const provide = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return provide(request, response);
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    return response.end(page);
  }
  let body = "";
  for await (const part of request) body += part;
  const form = new URLSearchParams(body);
  const login = form.get("login");
  const result =
    form.get("go") === "no" || !users[login]
      ? { error: "access_denied", error_description: "broken off" }
      : { login: { accountId: login, acr: users[login].level ?? "eidas1" } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}).listen(Number(new URL(setUp.issuer).port), "127.0.0.1", () => console.log("ready"));
