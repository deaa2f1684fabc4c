// The certified OpenID provider of npm (oidc-provider) for tests/hub/test_certified_provider.py.
// node certified_provider.mjs FOLDER PORT REDIRECT_URI SECRET; FOLDER has node_modules/oidc-provider.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, redirect, secret] = process.argv.slice(2);
const found = createRequire(`${folder}/`).resolve("oidc-provider");
const { default: Provider } = await import(pathToFileURL(found).href);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "sharp-eyes",
      client_secret: secret,
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username", "name", "groups"] },
  pkce: { required: () => true },
  cookies: { keys: ["of the tests"] },
  async findAccount(_context, id) {
    return {
      accountId: id,
      claims: async () => ({
        sub: id,
        email: `${id}@city.example`,
        email_verified: id !== "unverified",
        preferred_username: id,
        name: `${id} of the city`,
        groups: ["eyes/leads"],
      }),
    };
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
