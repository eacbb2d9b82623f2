// Signed requests against the npm package http-message-signatures, both directions.
//
// Usage: signatures.mjs PATH_TO_SIGNATURE_TOOL. Exits non-zero at the first disagreement.

import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { createSigner, createVerifier, httpbis } from "http-message-signatures";
import { Tool } from "./process.mjs";

const DEVICE = "17";
const SEED = Buffer.from(Array.from({ length: 32 }, (_, n) => n));
// PKCS #8 of an Ed25519 key is this prefix and the seed (RFC 8410).
const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), SEED]);
const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
const publicKey = createPublicKey(privateKey);
const publicHex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
const COMPONENTS = ["@method", "@path", "@query", "x-device", "x-counter"];

const cases = [];
for (const method of ["GET", "POST"])
  for (const path of ["/", "/v1/push", "/v1/a%20b/%E7%BD%91"])
    for (const query of ["", "a=1", "a=1&b=%E6%A0%BC"])
      for (const body of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(5000, 7)])
        if (method !== "GET" || body.length === 0) cases.push({ method, path, query, body });

const urlOf = ({ path, query }) => `http://127.0.0.1${path}${query && "?" + query}`;
const jobOf = ({ method, path, query, body }) => ({ method, path, query, body: body.toString("hex") });

async function theirsAccepts(request, fields) {
  return httpbis.verifyMessage(
    {
      keyLookup: async ({ keyid }) => ({ id: keyid, algs: ["ed25519"], verify: createVerifier(publicKey, "ed25519") }),
      requiredFields: fields,
    },
    request,
  );
}

const tool = new Tool(process.argv[2]);
let passed = 0;
for (const [n, example] of cases.entries()) {
  const fields = example.body.length ? [...COMPONENTS, "content-digest"] : COMPONENTS;

  const ours = await tool.ask({ do: "sign", device: DEVICE, counter: n, seed: SEED.toString("hex"), ...jobOf(example) });
  const request = { method: example.method, url: urlOf(example), headers: Object.fromEntries(ours.headers) };
  assert.equal(await theirsAccepts(request, fields), true);
  request.headers["x-counter"] = String(n + 1);
  assert.notEqual(await theirsAccepts(request, fields).catch(() => false), true);

  const headers = { "X-Device": DEVICE, "X-Counter": String(n) };
  if (example.body.length) {
    headers["Content-Digest"] = `sha-256=:${createHash("sha256").update(example.body).digest("base64")}:`;
  }
  const signed = await httpbis.signMessage(
    {
      key: createSigner(privateKey, "ed25519", DEVICE),
      name: `label${n}`,
      fields: n % 2 ? [...fields].reverse() : fields,
      params: n % 3 ? ["keyid", "alg", "created"] : ["keyid"],
    },
    { method: example.method, url: urlOf(example), headers },
  );
  const job = { do: "verify", headers: Object.entries(signed.headers), public: publicHex, ...jobOf(example) };
  assert.deepEqual(await tool.ask(job), { device: DEVICE, counter: n });
  assert.deepEqual(await tool.ask({ ...job, query: "other=1" }), { problem: "signature_wrong" });
  passed += 2;
}
console.log(`${passed} passed, 0 failed`);
tool.end();
