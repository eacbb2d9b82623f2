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
let expected = 0; // the one status of a refusal that is right here
const note = (what) => problems.push(`${at}: ${what}`);
page.on("console", (message) => {
  if (message.type() === "error" && !(expected && message.text().includes(`status of ${expected}`))) note(`the browser says: ${message.text()}`);
});
page.on("pageerror", (error) => note(`a script failed: ${error.message}`));
page.on("response", (answer) => answer.status() >= 400 && answer.status() !== expected && !answer.url().includes("/photo/") && note(`${answer.status()} for ${new URL(answer.url()).pathname}`));
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
  await judge(name, lang, size, dark);
}

// The page that is there now.
async function judge(name, lang, size, dark) {
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

// A form sent with what it refuses: it comes back with what was typed and says what is wrong.
async function refused(name, path, form, typed = {}) {
  for (const lang of ["zh-CN", "en"]) {
    at = `${name} (${lang})`;
    await page.setViewport(WIDE);
    await page.goto(`${url}${path}?lang=${lang}`, { waitUntil: "networkidle0" });
    if (!(await page.$(form))) return console.log(`${name}: there is none in this city`);
    for (const [field, value] of Object.entries(typed)) await page.type(`${form} [name=${field}]`, value);
    expected = 422;
    // Past what the browser itself would refuse.
    await Promise.all([page.waitForNavigation({ waitUntil: "networkidle0" }), page.$eval(form, (sent) => sent.submit())]);
    expected = 0;
    if (!(await page.$("[role=alert]"))) note("it does not say what is wrong");
    for (const [field, value] of Object.entries(typed)) {
      const kept = await page.$$eval(`${form} [name=${field}]`, (inputs) => inputs.map((input) => input.value));
      if (!kept.includes(value)) note(`what was typed as ${field} is lost`);
    }
    await judge(name, lang, WIDE, false);
  }
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
  ["audit", "/console/audit"], ["audit-filtered", "/console/audit?act=sign_in&day=2020-02-02"],
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
expected = 404;
for (const lang of ["zh-CN", "en"]) await look("not-found", "/console/nothing-here", { lang });
expected = 0;
const person = await link("/console/records?type=1", /^\/console\/record\/[^/]+$/);
if (person) await refused("field-refused", `${person}/field/20`, "form[action='/console/field']", { value: "110101190001010082", reason: "电话核实" });
await refused("quarantine-refused", "/console/quarantine", "form[action='/console/quarantine/release']");
await refused("devices-refused", "/console/devices", "td form[action$='/state']");
await refused("enrolment-refused", "/console/enrolment", "form.stack");
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
