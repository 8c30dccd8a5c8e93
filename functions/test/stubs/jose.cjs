// A stand-in that fails loudly if anything in a test tries to verify a token with it.
module.exports = new Proxy(
  {},
  {
    get(_target, name) {
      return () => {
        throw new Error(`jose.${String(name)} is not available in tests`);
      };
    },
  },
);
