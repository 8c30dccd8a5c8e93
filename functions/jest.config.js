export default {
  testEnvironment: "node",
  roots: ["<rootDir>/src", "<rootDir>/simulation", "<rootDir>/test"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/jest.esbuild.js" },
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": "$1",
    // firebase-admin requires jose, which is ESM only; no test verifies a real token with it.
    "^jose$": "<rootDir>/test/stubs/jose.cjs",
  },
  maxWorkers: 2,
  // Only a guard against hanging: on a busy machine a test of a whole cloud takes its time.
  testTimeout: 180_000,
};
