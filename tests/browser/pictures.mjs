// Takes plots out of a page as SVG files, in light and dark:
// `node pictures.mjs PAGE FOLDER ID…`, where an ID ends a plot's, as
// `throughput` does.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, open } from "./browser.mjs";

const [file, folder, ...ids] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();
const complain = (words) => {
  console.error(words);
  process.exitCode = 1;
};
for (const colorScheme of ["light", "dark"]) {
  const options = { viewport: { width: 880, height: 900 }, colorScheme };
  const page = await open(browser, resolve(file), options, complain);
  for (const id of ids) {
    const svg = await page.evaluate((ending) => {
      const plot = [...document.querySelectorAll(".plot")].find((box) => box.id.endsWith(`-${ending}`));
      const drawn = plot?.querySelector(".canvas svg");
      if (!drawn) return null;
      const copy = drawn.cloneNode(true);
      const [width, height] = [drawn.clientWidth, drawn.clientHeight];
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
      copy.removeAttribute("style");
      copy.setAttribute("width", width);
      copy.setAttribute("height", height);
      // read on a page of either colour: so it brings its own
      const back = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      back.setAttribute("width", "100%");
      back.setAttribute("height", "100%");
      back.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
      copy.prepend(back);
      return new XMLSerializer().serializeToString(copy);
    }, id);
    if (svg === null) complain(`${file} has no plot ${id}`);
    else writeFileSync(join(folder, `${id}-${colorScheme}.svg`), `${svg}\n`);
  }
}
await browser.close();
