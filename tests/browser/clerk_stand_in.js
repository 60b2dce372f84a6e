// In the place of Clerk's own script: as much of it as the pages use. Signing in takes no page of its own here.
(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const listeners = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  window.Clerk = {
    user: undefined,
    session: undefined,
    async load() {
      if (script.dataset.clerkPublishableKey !== "pk_test_1") throw new Error("another instance's page");
      this.user = null;
      this.session = null;
    },
    addListener(listener) {
      listeners.push(listener);
      return () => listeners.splice(listeners.indexOf(listener), 1);
    },
    async redirectToSignIn() {
      const token = await (await fetch(`${origin}/token`)).text();
      this.user = { id: "user_2abcDEF", fullName: "Ann Lee", publicMetadata: {} };
      this.session = { getToken: async () => token };
      tell();
    },
    async signOut() {
      this.user = null;
      this.session = null;
      tell();
    },
  };
})();
