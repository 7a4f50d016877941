// What a page must have for those who don't see it, don't use a mouse, or see few colours. Gives a list of faults.
(() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const say = (element) => `<${element.localName}${element.id ? " id=" + element.id : ""} class="${element.getAttribute("class") || ""}"> ${(element.textContent || "").trim().slice(0, 40)}`;
  const name = (element) =>
    element.getAttribute("aria-label") || element.textContent.trim() || element.getAttribute("title") ||
    document.getElementById(element.getAttribute("aria-labelledby"))?.textContent.trim() ||
    [...(element.labels || [])].map((label) => label.textContent.trim()).join(" ");

  if (!document.documentElement.lang) faults.push("the page names no language");
  if (!document.title) faults.push("the page has no title");
  if (document.querySelectorAll("main").length !== 1) faults.push("there is not one main part");
  if (document.querySelectorAll("h1").length !== 1) faults.push("there is not one first heading");
  if (document.querySelector("a")?.getAttribute("href") !== "#main") faults.push("the first link does not skip to the content");

  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(heading.localName[1]);
    if (next > level + 1) faults.push(`a heading skips a level: ${say(heading)}`);
    level = next;
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`the id ${id} stands twice`);
  for (const attribute of ["aria-labelledby", "aria-describedby"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      if (!document.getElementById(element.getAttribute(attribute))) faults.push(`${attribute} leads nowhere: ${say(element)}`);
    }
  }
  for (const control of document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea, progress, svg[role=img]")) {
    if (!name(control)) faults.push(`it has no name: ${say(control)}`);
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption) faults.push("a table has no caption");
    if (table.querySelector("th:not([scope])")) faults.push("a table's heading does not say its scope");
  }
  for (const element of document.querySelectorAll("[tabindex]")) {
    if (Number(element.getAttribute("tabindex")) > 0) faults.push(`it changes the order of focus: ${say(element)}`);
  }
  for (const element of document.querySelectorAll("[style], script:not([src]), [onclick]")) faults.push(`inline: ${say(element)}`);

  // Contrast of texts with what is behind them (WCAG 2.2, 1.4.3).
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const components = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const ground = (element) => {
    for (let place = element; place; place = place.parentElement) {
      const color = components(getComputedStyle(place).backgroundColor);
      if (color[3] > 0.99) return color;
    }
    return components(getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff");
  };
  const luminance = ([red, green, blue]) => {
    const linear = [red, green, blue].map((value) => { const v = value / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const told = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !shown(element) || element.closest(".unseen, noscript, svg, option")) continue;
    const style = getComputedStyle(element);
    const [lighter, darker] = [luminance(components(style.color)), luminance(ground(element))].sort((a, b) => b - a);
    const ratio = (lighter + 0.05) / (darker + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const fault = `contrast ${ratio.toFixed(2)}: ${say(element)}`;
    if (ratio < (isLarge ? 3 : 4.5) && !told.has(fault)) { told.add(fault); faults.push(fault); }
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is wider than the window: ${document.documentElement.scrollWidth} of ${innerWidth}`);
  // Something to be pressed is large enough for a finger (WCAG 2.2, 2.5.8).
  for (const control of document.querySelectorAll("button, .button, select, input:not([type=hidden])")) {
    const box = control.getBoundingClientRect();
    if (shown(control) && (box.height < 24 || box.width < 24)) faults.push(`too small to press: ${say(control)}`);
  }
  return faults;
})()
