// JSON shape of the gate's configuration, cfsbench.gate.json. Types only.

export interface GateRule {
  /**
   * Relative half-width of the zone of equality.
   * @exclusiveMinimum 0
   * @exclusiveMaximum 1
   */
  readonly delta?: number;
  /** False: shown, never red. */
  readonly gate?: boolean;
}

/** A rule for everything, by scenario and by metric; a metric's rule overrides a scenario's. */
export interface GateConfig extends GateRule {
  readonly scenarios?: Readonly<Record<string, GateRule>>;
  readonly metrics?: Readonly<Record<string, GateRule>>;
  /** Rows that may be absent from the head: an arm, a scenario, an image, or `scenario/image/arm` with `*` for any. */
  readonly allowMissing?: readonly string[];
}
