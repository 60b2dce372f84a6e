// What docs/nextjs.md tells an application to do, and nothing else.
export default {
  async rewrites() {
    return [{ source: "/api/voice/:path*", destination: `${process.env.VOICE_API_INTERNAL_URL}/api/voice/:path*` }];
  },
};
