// `node transpile.mjs COMPONENT NAME FOLDER`: a component as a module for Node.js, with its types.
import { transpile, writeFiles } from "@bytecodealliance/jco-transpile";

const [component, name, outDir] = process.argv.slice(2);
const { files } = await transpile(component, { name, outDir });
await writeFiles(files);
