// Looks at every page of the console in a real browser, in both languages, light and dark, wide and narrow: takes pictures and
// fails where something went wrong that no unit test sees.
//
//   node screens.mjs URL LOGIN PASSWORD FOLDER
//
// CHROMIUM names the browser; without it the usual places are tried.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [url, login, password, folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node screens.mjs URL LOGIN PASSWORD FOLDER");
mkdirSync(folder, { recursive: true });

const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = places.find((place) => place && existsSync(place));
if (!executablePath) throw new Error("no Chromium found: install it or name it in CHROMIUM");

const browser = await puppeteer.launch({
  executablePath,
  args: ["--no-sandbox", "--enable-unsafe-swiftshader", "--lang=zh-CN", "--force-device-scale-factor=1"],
});
const page = await browser.newPage();
const problems = [];
let at = "";
const note = (what) => problems.push(`${at}: ${what}`);
page.on("console", (message) => message.type() === "error" && note(`the browser says: ${message.text()}`));
page.on("pageerror", (error) => note(`a script failed: ${error.message}`));
page.on("response", (answer) => answer.status() >= 400 && !answer.url().includes("/photo/") && note(`${answer.status()} for ${new URL(answer.url()).pathname}`));
page.on("request", (request) => {
  const target = new URL(request.url());
  if (!["data:", "blob:"].includes(target.protocol) && target.origin !== new URL(url).origin) note(`asked another server: ${target.origin}`);
});

const WIDE = { width: 1360, height: 850 };
const NARROW = { width: 400, height: 800 };

// One page: drawn, judged, pictured.
async function look(name, path, { lang = "zh-CN", size = WIDE, dark = false, wait } = {}) {
  at = `${name} (${lang})`;
  await page.setViewport(size);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(`${url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { waitUntil: "networkidle0" });
  if (wait) await page.waitForSelector(wait, { timeout: 20_000 }).catch(() => note(`${wait} did not appear`));
  const seen = await page.evaluate(() => ({
    text: document.body.innerText,
    lang: document.documentElement.lang,
    wider: document.documentElement.scrollWidth - window.innerWidth,
  }));
  if (seen.lang !== lang) note(`the page is in ${seen.lang}`);
  if (seen.wider > 1) note(`${seen.wider} pixels stick out to the right`);
  const key = seen.text.match(/(^|\s)[a-z_]+\.[a-z_]+($|\s)/);
  if (key) note(`a text is missing: ${key[0].trim()}`);
  if (seen.text.includes("{}")) note("a place in a text is not filled");
  if (lang === "zh-CN" && !/[\u4e00-\u9fff]/.test(seen.text)) note("there is no Chinese on it");
  await page.screenshot({ path: join(folder, `${name}.${lang}${dark ? ".dark" : ""}${size === NARROW ? ".narrow" : ""}.png`), fullPage: size === NARROW });
}

// The first link of a page that leads to such a place.
async function link(path, pattern) {
  await page.goto(`${url}${path}`, { waitUntil: "domcontentloaded" });
  const hrefs = await page.$$eval("a[href]", (links) => links.map((a) => a.getAttribute("href")));
  return hrefs.find((href) => pattern.test(href));
}

await look("sign-in", "/console/sign-in");
await look("sign-in", "/console/sign-in", { lang: "en" });
await page.type("input[name=login]", login);
await page.type("input[name=password]", password);
await Promise.all([page.waitForNavigation(), page.click("main button")]);
if (!(await page.$("nav"))) throw new Error("nobody was signed in; are the name and the password right?");

at = "links";
const record = await link("/console/records", /^\/console\/record\/[^/]+$/);
const field = await link("/console/conflicts", /\/field\//);
const contested = await link("/console/conflicts", /^\/console\/record\/[^/]+$/);
const entity = await link("/console/entities", /^\/console\/entity\//);
const session = await link("/console/sessions", /^\/console\/session\//);
const pages = [
  ["overview", "/console"], ["records", "/console/records"], ["record", record], ["record-in-conflict", contested],
  ["conflicts", "/console/conflicts"], ["field", field], ["entities", "/console/entities"], ["entity", entity],
  ["sessions", "/console/sessions"], ["session", session], ["devices", "/console/devices"],
  ["enrolment", "/console/enrolment"], ["quarantine", "/console/quarantine"], ["quarantine-settled", "/console/quarantine?settled=1"],
  ["audit", "/console/audit"],
];
for (const [name, path] of pages) {
  if (!path) {
    console.log(`${name}: there is none in this city`);
    continue;
  }
  await look(name, path);
  await look(name, path, { lang: "en" });
  await look(name, path, { size: NARROW });
}
for (const name of ["overview", "record", "field"]) {
  const path = pages.find((page) => page[0] === name)?.[1];
  if (path) await look(name, path, { dark: true });
}
// With script the map is alive, without it the server's drawing is there: either way every page works.
const scripted = (await page.goto(`${url}/console/assets/map.js`)).ok();
problems.splice(0, problems.length, ...problems.filter((p) => !p.includes("/console/assets/map.js")));
for (const lang of ["zh-CN", "en"]) await look("map", "/console/map", { lang, wait: scripted ? ".map.live canvas" : ".map svg" });
await page.setJavaScriptEnabled(false);
await look("map-without-script", "/console/map", { wait: ".map svg path" });
await page.setJavaScriptEnabled(true);
at = "enrolment code";
await page.goto(`${url}/console/enrolment?lang=zh-CN`);
await page.select("select[name=person]", await page.$eval("select[name=person] option:nth-child(2)", (option) => option.value));
await page.select("select[name=grid]", await page.$eval("select[name=grid] option", (option) => option.value));
await Promise.all([page.waitForNavigation(), page.click("main form.stack button")]);
if (!(await page.$(".qr svg"))) note("no picture to scan");
await page.screenshot({ path: join(folder, "enrolment-code.zh-CN.png") });

await browser.close();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`every page looks right; the pictures are in ${folder}`);
