// Bundles the console's scripts into the folder named: the map, MapLibre's worker as a file of its own (a worker made from
// text would need a hole in the content security policy), and their stylesheet.
import { build } from "esbuild";
import { join } from "node:path";

const out = process.argv[2];
if (!out) throw new Error("name the folder to write to");

const shared = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "inline", logLevel: "warning" };
await build({ ...shared, entryPoints: ["src/map.ts"], outfile: join(out, "map.js") });
await build({ ...shared, entryPoints: ["maplibre-gl/dist/maplibre-gl-worker.mjs"], outfile: join(out, "map-worker.js") });
await build({ ...shared, entryPoints: ["maplibre-gl/dist/maplibre-gl.css"], outfile: join(out, "map.css") });
