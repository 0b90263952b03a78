// Imports flow one way: shared folders, then features, then routes and app; features never import each other.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../src');
const shared = ['api', 'charts', 'components', 'hooks', 'lib'];

/** The part of the page a file belongs to: `features/pool`, `lib`, … */
function partOf(file) {
  const [top, second] = relative(source, file).split('/');
  return top === 'features' ? `features/${second}` : top;
}

function mayImport(from, to) {
  if (from === to || ['testing', 'api'].includes(from)) return true;
  if (shared.includes(from)) return shared.includes(to);
  if (from.startsWith('features/')) return shared.includes(to) || to === 'testing';
  return true;
}

const problems = [];
for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  if (!/\.tsx?$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(
    /(?:from|import)\s*\(?\s*['"]([.@]\.?\/[^'"]+)['"]/g,
  )) {
    const imported = target.startsWith('@/') ? join(source, target.slice(2)) : resolve(dirname(file), target);
    if (!mayImport(partOf(file), partOf(imported))) {
      problems.push(`${relative(source, file)} imports ${relative(source, imported)}`);
    }
  }
}

if (problems.length > 0) {
  process.stderr.write(`Imports against the flow:\n  ${problems.join('\n  ')}\n`);
  process.exit(1);
}
