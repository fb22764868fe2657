export default { images: { localPatterns: [{ pathname: '/media/**' }] } };
