export default {
  testEnvironment: "node",
  roots: ["<rootDir>/src", "<rootDir>/test"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/jest.esbuild.js" },
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": "$1",
    // firebase-admin requires jose, which is ESM only; no test verifies a real token with it.
    "^jose$": "<rootDir>/test/stubs/jose.cjs",
  },
  maxWorkers: 2,
};
