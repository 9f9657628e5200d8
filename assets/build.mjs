// Builds everything that the browser and the letters need into .build/ (never committed).
//   .build/static/redress/  redress.css, redress-rtl.css, redress.js, favicon.svg
//   .build/fonts/           the letters' typefaces, as TTF, because typst reads no WOFF
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { build, transform } from "esbuild";
import rtlcss from "rtlcss";
import { compile } from "sass";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, "node_modules");
const statics = path.join(root, ".build", "static", "redress");
const fonts = path.join(root, ".build", "fonts");
const LETTER_FACES = [
  ["noto-sans", "NotoSans", ["400Regular", "600SemiBold"]],
  ["noto-sans-arabic", "NotoSansArabic", ["400Regular", "600SemiBold"]],
];
const BROWSERS = ["chrome109", "edge109", "firefox115", "safari16"];

async function styles() {
  const { css } = compile(path.join(root, "assets", "scss", "redress.scss"), {
    loadPaths: [modules],
    quietDeps: true,
  });
  for (const [name, sheet] of [["redress.css", css], ["redress-rtl.css", rtlcss.process(css)]]) {
    const { code } = await transform(sheet, { loader: "css", minify: true, target: BROWSERS });
    if (/url\(/.test(code)) throw new Error(`${name} refers to a file: the policy allows none`);
    await writeFile(path.join(statics, name), code);
  }
}

function script() {
  return build({
    entryPoints: [path.join(root, "assets", "js", "redress.mjs")],
    outfile: path.join(statics, "redress.js"),
    bundle: true,
    format: "esm",
    minify: true,
    legalComments: "eof",
    target: BROWSERS,
  });
}

async function letterFonts() {
  for (const [folder, family, faces] of LETTER_FACES) {
    const source = path.join(modules, "@expo-google-fonts", folder);
    await copyFile(path.join(source, "LICENSE_FONT"), path.join(fonts, `${family}_LICENSE`));
    for (const face of faces) {
      const name = `${family}_${face}.ttf`;
      await copyFile(path.join(source, face, name), path.join(fonts, name));
    }
  }
}

for (const folder of [statics, fonts]) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
await copyFile(path.join(root, "assets", "favicon.svg"), path.join(statics, "favicon.svg"));
await Promise.all([styles(), script(), letterFonts()]);
