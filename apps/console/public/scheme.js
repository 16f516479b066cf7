// Chosen light or dark, before the first paint; src/theme keeps it under the same name.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('carillon.scheme');
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
