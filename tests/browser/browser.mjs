// A headless Chromium, and pages of it that note everything that goes wrong.

import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS });

// By their options, pages that stay open: to start one takes longer than to show
// a file in it.
const pages = new Map();

// A page that shows `file`, drawn; what is wrong with it is told to `complain`.
export const open = async (browser, file, options, complain) => {
  const key = JSON.stringify(options);
  if (!pages.has(key)) pages.set(key, await (await browser.newContext(options)).newPage());
  const page = pages.get(key);
  for (const event of ["console", "pageerror", "request"]) page.removeAllListeners(event);
  // as it was before the last file was looked at
  await page.setViewportSize(options.viewport);
  await page.emulateMedia({ media: null, colorScheme: options.colorScheme ?? "light" });
  page.on("console", (message) => complain(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complain(`script error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== `file://${file}` && url !== "data:,") complain(`request: ${url.slice(0, 120)}`);
  });
  await page.goto(`file://${file}`);
  if (options.javaScriptEnabled !== false) {
    await page.waitForFunction(() => document.documentElement.dataset.drawn === "yes", null, { timeout: 20000 });
  }
  return page;
};
