// Holds pages against what is expected of them: `node check.mjs FOLDER`, where
// FOLDER/manifest.json lists them. What is wrong goes to stdout, a line each;
// the exit code says whether anything is.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, open } from "./browser.mjs";

const folder = resolve(process.argv[2]);
const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
let wrong = 0;
let held = 0;

const browser = await launch();
for (const page of manifest) {
  const file = join(folder, page.file);
  const complain = (words) => {
    wrong += 1;
    console.log(`${page.file}: ${words}`);
  };
  const expect = (what, found, wanted) => {
    held += 1;
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      complain(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
    }
  };
  await Promise.all([wide, dark, narrow, paper, withoutScripts].map((look) =>
    look(file, page, (words) => complain(`${look.name}: ${words}`), (what, found, wanted) =>
      expect(`${look.name}: ${what}`, found, wanted))));
}
await browser.close();
console.log(`${manifest.length} pages, ${held} expectations, ${wrong} wrong`);
process.exit(wrong === 0 && held > 0 ? 0 : 1);

// What a page shows, read in the browser.
function read(page) {
  return page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    // #0072b2 and rgb(0, 114, 178) are one colour
    const hex = (colour) => {
      const numbers = colour.match(/^rgb\((\d+), ?(\d+), ?(\d+)\)$/);
      if (!numbers) return colour.toLowerCase();
      return `#${numbers.slice(1).map((n) => Number(n).toString(16).padStart(2, "0")).join("")}`;
    };
    const named = (name, count) => Array.from({ length: count }, (_, at) =>
      hex(style.getPropertyValue(`--${name}-${at}`).trim()));
    const colours = { hues: named("hue", 7), parts: named("part", 4), heat: named("heat", 8) };
    const paper = hex(style.getPropertyValue("--page").trim());
    const kinds = Object.fromEntries(JSON.parse(document.getElementById("plots").textContent)
      .map((plot) => [plot.id, plot.shape.kind]));
    const plots = [...document.querySelectorAll(".plot")].map((plot) => {
      const kind = kinds[plot.id];
      const wanted = { stack: colours.parts, heat: colours.heat }[kind] || colours.hues;
      const svg = plot.querySelector(".canvas svg");
      const painted = svg ? [...svg.querySelectorAll("path, rect, circle")] : [];
      const marks = painted.filter((mark) => {
        const fill = hex(mark.getAttribute("fill") || "");
        const stroke = hex(mark.getAttribute("stroke") || "");
        return wanted.includes(fill) || (fill === paper && wanted.includes(stroke));
      });
      return { id: plot.id, expected: Number(plot.dataset.marks), painted: marks.length };
    });
    const rows = [...document.querySelectorAll("tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent));
    const text = `${document.body.innerText}\n${[...document.querySelectorAll("svg text")].map((t) => t.textContent).join("\n")}`;
    const order = ["failures", "answer", "trust", "plot"].map((name) => {
      // of the first report that has a trust block: what several say together has none
      const trust = document.querySelector(".trust");
      const report = trust?.closest("article") ?? document;
      const found = report.querySelector(`.${name}`);
      return found ? found.getBoundingClientRect().top : null;
    });
    return {
      plots,
      rows,
      order,
      nonsense: text.match(/\b(NaN|undefined|Infinity|\[object)\b/g),
      failures: [...document.querySelectorAll(".failures li")].map((item) => item.innerText),
      answer: document.querySelector(".answer .main")?.innerText,
      commands: [...document.querySelectorAll("article")].map((article) =>
        [...article.querySelectorAll(".command code")].filter((code) => code.innerText.length > 0).length),
      images: document.images.length,
      pwned: window.pwned === undefined,
      background: getComputedStyle(document.body).backgroundColor,
      scripts: document.scripts.length,
    };
  });
}

// What the page holds once its plots are drawn anew: a page of many plots, on
// a busy machine, takes its time.
async function redrawn(page) {
  await page.waitForTimeout(100);
  let found = await read(page);
  for (let tries = 0; tries < 100 && found.plots.some((plot) => plot.painted !== plot.expected); tries += 1) {
    await page.waitForTimeout(100);
    found = await read(page);
  }
  return found;
}

async function wide(file, wanted, complain, expect) {
  const page = await open(browser, file, { viewport: { width: 1200, height: 900 } }, complain);
  const found = await read(page);
  for (const plot of found.plots) expect(`marks of ${plot.id}`, plot.painted, plot.expected);
  if (wanted.marks) {
    for (const [id, marks] of Object.entries(wanted.marks)) {
      expect(`marks of ${id}, by the record`, found.plots.find((plot) => plot.id === id)?.painted, marks);
    }
  }
  if (wanted.plots !== undefined) expect("plots", found.plots.length, wanted.plots);
  for (const row of wanted.rows || []) {
    // the first table that begins with this name is the one of figures
    const shown = found.rows.find((cells) => cells[0] === row[0] && cells.length > 3);
    expect(`figures of ${row[0]}`, shown && row.map((cell) => shown.includes(cell)), row.map(() => true));
  }
  expect("nonsense", found.nonsense, null);
  expect("images", found.images, 0);
  expect("scripts", found.scripts, 3);
  expect("hostile names are inert", found.pwned, true);
  expect("every report says its command once", found.commands, found.commands.map(() => 1));
  expect("failures", found.failures.length > 0, Boolean(wanted.fails));
  for (const words of wanted.failures || []) {
    expect(`failure ${words}`, found.failures.some((line) => line.includes(words)), true);
  }
  if (wanted.answer) expect("answer", found.answer?.includes(wanted.answer), true);
  // the trust block stands below the first plot, where there is one
  const [failed, answered, trusted, plotted] = found.order;
  const tops = [failed, answered, Math.min(trusted ?? Infinity, plotted ?? Infinity)]
    .filter((top) => top !== null && top !== Infinity);
  expect("order", tops, [...tops].sort((a, b) => a - b));
  await keyboard(page, found, complain, expect);
}

// Points and legends by keyboard alone.
async function keyboard(page, found, complain, expect) {
  if (found.plots.length === 0) return;
  const canvas = page.locator(".canvas").first();
  await canvas.focus();
  const said = page.locator(".said").first();
  await page.keyboard.press("ArrowRight");
  expect("the first point is said", (await said.textContent()).length > 3, true);
  await page.keyboard.press("Escape");
  const button = page.locator("button.entry").first();
  if (await button.count()) {
    const id = await page.evaluate(() => document.querySelector("button.entry").closest(".plot").id);
    const marks = async () => (await read(page)).plots.find((plot) => plot.id === id).painted;
    const before = await marks();
    await button.focus();
    await page.keyboard.press("Enter");
    expect("a legend entry is off", await button.getAttribute("aria-pressed"), "false");
    expect("and its marks are gone", (await marks()) < before, true);
    await page.keyboard.press("Enter");
    expect("and there again", await marks(), before);
  }
}

async function dark(file, wanted, complain, expect) {
  const options = { viewport: { width: 1200, height: 900 }, colorScheme: "dark" };
  const page = await open(browser, file, options, complain);
  const found = await read(page);
  expect("background", found.background, "rgb(20, 23, 27)");
  for (const plot of found.plots) expect(`marks of ${plot.id}`, plot.painted, plot.expected);
  // and back, while it is open
  await page.emulateMedia({ colorScheme: "light" });
  const light = await redrawn(page);
  expect("background in light", light.background, "rgb(255, 255, 255)");
  for (const plot of light.plots) expect(`marks of ${plot.id} in light`, plot.painted, plot.expected);
}

// Nothing is wider than the page, but what scrolls in a box of its own.
function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
      if (element.closest(".scroll, svg, .skip") && !element.matches(".scroll, .canvas > div > svg")) return false;
      return element.getBoundingClientRect().right > width + 1;
    });
    return {
      page: document.documentElement.scrollWidth <= width,
      wide: wide.slice(0, 3).map((element) => `${element.tagName}.${element.className}`),
    };
  });
}

async function narrow(file, wanted, complain, expect) {
  const page = await open(browser, file, { viewport: { width: 375, height: 700 } }, complain);
  expect("fits", await overflow(page), { page: true, wide: [] });
  const found = await read(page);
  for (const plot of found.plots) expect(`marks of ${plot.id}`, plot.painted, plot.expected);
  // turned to its side
  await page.setViewportSize({ width: 700, height: 375 });
  await page.waitForTimeout(250);
  expect("fits when turned", await overflow(page), { page: true, wide: [] });
}

async function paper(file, wanted, complain, expect) {
  // the width that A4 leaves between its margins
  const page = await open(browser, file, { viewport: { width: 718, height: 1000 }, colorScheme: "dark" }, complain);
  await page.emulateMedia({ media: "print" });
  const found = await redrawn(page);
  expect("white paper", found.background, "rgb(255, 255, 255)");
  for (const plot of found.plots) expect(`marks of ${plot.id}`, plot.painted, plot.expected);
  const tables = await page.evaluate(() => [...document.querySelectorAll("table")]
    .filter((table) => table.getBoundingClientRect().right > document.documentElement.clientWidth + 1).length);
  expect("tables beyond the paper", tables, 0);
  const pdf = await page.pdf({ format: "A4" });
  expect("a document", pdf.subarray(0, 5).toString(), "%PDF-");
  expect("folded parts are shown", await page.evaluate(() =>
    [...document.querySelectorAll("details")].every((details) => details.open)), true);
}

async function withoutScripts(file, wanted, complain, expect) {
  const options = { viewport: { width: 1200, height: 900 }, javaScriptEnabled: false };
  const page = await open(browser, file, options, complain);
  for (const row of wanted.rows || []) {
    for (const cell of row) {
      expect(`${cell} is in a table`, await page.locator("table", { hasText: cell }).count() > 0, true);
    }
  }
}
