interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

export function lockProblems(
  packages: Readonly<Record<string, LockedPackage>>,
  scripts: Readonly<Record<string, boolean>>,
): string[];
