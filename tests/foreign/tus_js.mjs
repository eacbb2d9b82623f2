// Photos uploaded by the npm package tus-js-client through a network that cuts them a hundred times.
//
// Usage: tus_js.mjs PATH_TO_TUS_STAND. Exits non-zero unless every photo arrives byte for byte.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";
import { Tool } from "./process.mjs";

const SEED = 30;
const PHOTOS = 12;
const CUTS_MIN = 100;

// Bytes that look like nothing: a chain of hashes.
function photo(length, seed) {
  const blocks = [];
  let block = Buffer.from(`photo ${seed}`);
  for (let made = 0; made < length; made += 32) {
    block = createHash("sha256").update(block).digest();
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

async function upload(stand, endpoint, number) {
  const bytes = photo(1 + ((number * 276_543) % 900_000), number);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { token } = await stand.ask({ do: "grant", device: number, sha256, len: bytes.length });
  let restarts = 0;
  await new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { number: String(number) },
      chunkSize: number % 3 === 1 ? 50_000 : Infinity,
      overridePatchMethod: number % 4 === 2,
      retryDelays: new Array(2000).fill(5),
      // The client's own rule: a refusal is final, but for 409; a broken connection is not.
      onError: reject,
      onSuccess: resolve,
      onProgress: () => {
        if (number === PHOTOS / 2 && restarts++ === 3) stand.ask({ do: "restart" }).catch(reject);
      },
    });
    upload.start();
  });
  const { path } = await stand.ask({ do: "photo", sha256 });
  assert.ok(readFileSync(path).equals(bytes), `photo ${number} differs`);
}

const stand = new Tool(process.argv[2], [String(SEED), "0.5"]);
const { url } = await stand.line();
let uploaded = 0;
while (uploaded < PHOTOS || (await stand.ask({ do: "faults" })).total < CUTS_MIN) {
  await upload(stand, url, uploaded);
  uploaded += 1;
  assert.ok(uploaded < 200, "the network is not bad enough to prove anything");
}
console.log(`${uploaded} photos whole after ${JSON.stringify(await stand.ask({ do: "faults" }))}`);
console.log(`${uploaded} passed, 0 failed`);
stand.end();
