/** One measurement that can be repeated with one command. */
export interface Bench<Result = unknown> {
  readonly name: string;
  /** What exactly is measured, and what is not: printed beside the numbers. */
  readonly about: string;
  run(options: BenchOptions): Promise<Result>;
  /** The same result for a reader. */
  table(result: Result): string;
}

export interface BenchOptions {
  readonly seed: number;
  /** A much smaller run that only shows that the bench works; its numbers are not for quoting. */
  readonly quick: boolean;
  /** Size of the data, for benches that move any. */
  readonly megabytes?: number;
}
