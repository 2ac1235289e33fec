"""Chromium without a window, which shows a page on a phone's screen and says how it looks."""

import html
import json
import re
import subprocess
from pathlib import Path

PHONE = 360  # CSS pixels wide

# The page is framed, since no window of Chromium is as narrow as a phone. What the script finds goes
# into the frame's own page, where --dump-dom shows it.
FRAME = """<!DOCTYPE html><meta name="color-scheme" content="light dark">
<iframe width={width} height=800 style="border:0" srcdoc="{page}"></iframe>
<pre id="looks"></pre>
<script>
function rgb(text) {{
  const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
  return {{r, g, b, a}};
}}
function over(front, back, alpha) {{
  const mix = (f, b) => f * alpha + b * (1 - alpha);
  return {{r: mix(front.r, back.r), g: mix(front.g, back.g), b: mix(front.b, back.b), a: 1}};
}}
function luminance(color) {{
  const linear = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}}
function contrast(one, other) {{
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}}
onload = () => {{
  const page = document.querySelector("iframe").contentDocument;
  const canvas = page.body.appendChild(page.createElement("i"));
  canvas.style.background = "Canvas";
  const paper = rgb(page.defaultView.getComputedStyle(canvas).backgroundColor);
  canvas.remove();
  const looks = {{paper: [paper.r, paper.g, paper.b], width: page.documentElement.scrollWidth,
                 texts: [], links: [], loads: page.images.length + page.scripts.length}};
  for (const element of page.body.querySelectorAll("*")) {{
    const own = [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim());
    if (!own) continue;
    const styles = [];
    for (let at = element; at; at = at.parentElement)
      styles.push(page.defaultView.getComputedStyle(at));
    let back = paper, alpha = 1;
    for (const style of styles.toReversed()) {{
      const color = rgb(style.backgroundColor);
      if (color.a) back = over(color, back, color.a);
      alpha *= Number(style.opacity);
    }}
    looks.texts.push({{text: element.textContent.trim().slice(0, 60),
                      size: parseFloat(styles[0].fontSize),
                      contrast: contrast(over(rgb(styles[0].color), back, alpha), back)}});
  }}
  for (const link of page.links)
    looks.links.push({{text: link.textContent, height: link.getBoundingClientRect().height}});
  document.getElementById("looks").textContent = JSON.stringify(looks);
}};
</script>
"""


def looks_of(page, directory, dark=False):
    """How `page` (HTML) looks on a phone: `width` of what it needs, `paper` behind it, `texts` with
    their contrast and size, `links` with their height, and how many files it `loads`."""
    file = Path(directory) / f"framed-{'dark' if dark else 'light'}.html"
    file.write_text(FRAME.format(width=PHONE, page=html.escape(page)))
    dumped = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         f"--user-data-dir={file.with_suffix('')}", f"--blink-settings=preferredColorScheme={0 if dark else 1}",
         "--dump-dom", file.as_uri()],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=120, check=True)
    return json.loads(html.unescape(re.search(r'<pre id="looks">(.*?)</pre>', dumped.stdout)[1]))
