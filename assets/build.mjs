// Builds everything that the browser and the letters need into .build/ (never committed).
//   .build/static/redress/  redress.css, redress-rtl.css, redress.js, favicon.svg
//   .build/fonts/           the letters' typefaces, as TTF, because typst reads no WOFF
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
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
  ["noto-sans-sc", "NotoSansSC", ["400Regular", "600SemiBold"]],
  ["noto-sans-kr", "NotoSansKR", ["400Regular", "600SemiBold"]],
];
const BROWSERS = ["chrome109", "edge109", "firefox115", "safari16"];

// A server may be reading while this writes: a file is complete or the one before.
async function lay(contents, ...place) {
  const target = path.join(...place);
  await writeFile(`${target}.new`, contents);
  await rename(`${target}.new`, target);
}

async function styles() {
  const { css } = compile(path.join(root, "assets", "scss", "redress.scss"), {
    loadPaths: [modules],
    quietDeps: true,
  });
  for (const [name, sheet] of [["redress.css", css], ["redress-rtl.css", rtlcss.process(css)]]) {
    const { code } = await transform(sheet, { loader: "css", minify: true, target: BROWSERS });
    if (/url\(/.test(code)) throw new Error(`${name} refers to a file: the policy allows none`);
    await lay(code, statics, name);
  }
}

async function script() {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, "assets", "js", "redress.mjs")],
    write: false,
    bundle: true,
    format: "esm",
    minify: true,
    legalComments: "eof",
    target: BROWSERS,
    define: { sessionStorage: "undefined" }, // htmx would keep there the addresses of cases that were open
  });
  await lay(outputFiles[0].contents, statics, "redress.js");
}

async function letterFonts() {
  for (const [folder, family, faces] of LETTER_FACES) {
    const source = path.join(modules, "@expo-google-fonts", folder);
    await lay(await readFile(path.join(source, "LICENSE_FONT")), fonts, `${family}_LICENSE`);
    for (const face of faces) {
      const name = `${family}_${face}.ttf`;
      await lay(await readFile(path.join(source, face, name)), fonts, name);
    }
  }
}

async function icon() {
  await lay(await readFile(path.join(root, "assets", "favicon.svg")), statics, "favicon.svg");
}

await Promise.all([statics, fonts].map((folder) => mkdir(folder, { recursive: true })));
await Promise.all([styles(), script(), letterFonts(), icon()]);
