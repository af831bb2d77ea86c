// The terms that a report uses, each with its definition. A test checks them against docs/glossary.md.

/** Backticks mark code. */
export const GLOSSARY = {
  actor: 'The program that made a call: the harness, the server, `tar`, `rm`, …',
  arm: 'A backend with its options, as a column of a comparison.',
  backend:
    'A way to turn an image into a mount. Three are headline backends: `composefs-fuse`, `erofs-overlay`, `unpacked-overlay`.',
  baseline:
    'The arm that ratios are taken to: `erofs-overlay`; the first arm where `erofs-overlay` cannot run, and in an `--ab` run.',
  block:
    'Every group once: each of its arms and the null arm, in random order. A ratio is taken within one group of one block.',
  budget: 'The wall time that a run may take, from its first line to its report.',
  checkout:
    'A tree made of links to, or clones of, files that are already local; its source is the link store.',
  claim: 'A sentence from the debate, with its source and a rule that decides it.',
  entry: "One name in an image's tree: a file, directory, symlink, device, FIFO or socket.",
  evidence: 'A pool of at least five fresh runs.',
  floor:
    'The smallest difference that counts as a result: 20 µs, or two empty calls for repeated operations.',
  group:
    'One scenario with one combination of parameters on one image: the unit that the budget keeps or ends.',
  image:
    'A tree of files with its metadata, made of one or more layers; cfsbench reads it from a fixture, a composefs dump, a folder, an OCI layout or an untrusted server, or generates it.',
  interval:
    'The range that holds the true value: in 98.75 % of runs for ratios and verdicts, in 95 % for a value of one arm and in the charts of growth and of lives.',
  journal: '`samples.ndjson`: all samples in the order of execution.',
  ledger: 'The exact number of system calls of a window, by name and by actor.',
  life: 'One image from its arrival to its removal: ingest, create, mount, use, unmount, settle, destroy, collect; with `local=files` create to destroy, with `local=image` mount to settle.',
  local:
    'What the machine already has when a life begins: `nothing` of the image, all its `files`, or the `image` set up.',
  look: 'A planned interim analysis, after 8, 12, 24 or 48 blocks, at which a decided group ends.',
  manifest:
    "The composefs image: an EROFS file with all metadata of a tree and the digest of each file's object.",
  metric: 'A named number with a unit, such as `mountWallNs`.',
  'null arm': 'The baseline measured a second time in every block; its ratio to the baseline is the noise.',
  object: 'The contents of a regular file, stored once under its fs-verity digest.',
  parameters: 'The settings of a scenario, such as `local=files`; each combination is measured separately.',
  pass: 'All slots of one kind: counting passes count system calls, the timing pass takes times.',
  phase: 'One step of a life, timed by its own window.',
  placement: "The CPUs on which commands and servers run: `free` (scheduler's choice) or `same-cpu`.",
  plan: 'The ordered list of slots of a run, drawn from the seed.',
  pool: 'Several runs of one plan, analysed together.',
  profile: 'A named choice of images, scenarios, blocks and budget: `quick`, `default`, `full`, …',
  proof: 'The comparison of the tree seen through a mount with the tree that the image describes.',
  ratio:
    "The median over blocks of an arm's value divided by the baseline's in the same block, with its interval: `1.50 (0.98..3.52)`.",
  row: 'One metric of one group: a value per arm, and a ratio to the baseline.',
  rule: 'The function that gives a claim its verdict from `run.json` and the journal alone.',
  run: 'One execution of `cfsbench run`, stored in one run folder.',
  sample: 'The result of one slot: its metrics, or the reason why it failed or was skipped.',
  scenario: 'A question asked of every backend, with the work that is done and the metrics that are taken.',
  settle:
    "The phase between the return of `umount2` and the moment at which the backend's resources (server, loop device, manifest) are free.",
  slot: 'One arm of one group, measured once.',
  store: 'The folders that hold the objects of all local images.',
  variant: 'A backend that answers one objection, measured only where that objection matters.',
  verdict:
    'The result of a row (`fast`, `slow`, `same`, `~`, `<20us`, or `few` with too few blocks) or of a claim.',
  window: 'The time between the two clock readings around a phase.',
} as const;

export type GlossaryTerm = keyof typeof GLOSSARY;
