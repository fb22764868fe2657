// The bytes of pictures that scripts of the page have made, in base64.
async (dom, addresses, maxBytes) => {
  const bytes = {};
  for (const address of addresses) {
    try {
      const blob = await (await fetch(address)).blob();
      if (blob.size > maxBytes) continue;
      const reader = new FileReader();
      const read = new Promise((done) => { reader.onloadend = done; });
      reader.readAsDataURL(blob);
      await read;
      bytes[address] = String(reader.result || '');
    } catch { /* revoked since, or the page forbids it */ }
  }
  return bytes;
}
