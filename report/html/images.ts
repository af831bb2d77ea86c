// The images of the run.
import { formatValue, grouped } from '../format.ts';
import type { ReportView } from '../view.ts';
import { term } from './glossary.ts';
import { type Html, html } from './html.ts';
import { plainTable } from './parts.ts';

export const imagesSection = (view: ReportView): Html => html`<h2 id="images">Images</h2>
<p>An ${term('image')} has one ${term('entry')} per name, one ${term('object')} per distinct file content, and one ${term('manifest')}.</p>
${plainTable(
  html`<th scope="col">image</th><th scope="col">entries</th><th scope="col">files</th><th scope="col">file bytes</th><th scope="col">objects</th><th scope="col">object bytes</th><th scope="col">layers</th><th scope="col">manifest</th><th scope="col" class="text">contents</th>`,
  view.images.map(
    (image) =>
      html`<tr><th scope="row">${image.name}</th><td>${grouped(image.entryCount)}</td><td>${grouped(image.fileCount)}</td><td>${formatValue('Bytes', image.fileBytes)}</td><td>${grouped(image.objectCount)}</td><td>${formatValue('Bytes', image.objectBytes)}</td><td>${image.layerCount}</td><td>${formatValue('Bytes', image.manifestBytes)}</td><td class="text">${image.contents}</td></tr>
`,
  ),
  'images',
)}${view.images.map(
  (image) =>
    html`<details><summary>${image.name}: source and digests</summary><dl><dt>source</dt><dd><code>${image.source}</code></dd><dt>image version</dt><dd>${image.imageVersion}</dd><dt>digest of the description</dt><dd><code>${image.describedDigest}</code></dd><dt>digest of the manifest</dt><dd><code>${image.manifestDigest}</code></dd><dt>digest of the tree</dt><dd><code>${image.treeDigest}</code></dd></dl></details>
`,
)}`;
