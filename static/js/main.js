// An element asks for its module with data-module="name"; one loop starts them and fails loudly.
async function start(element) {
  const module = await import(`./${element.dataset.module}.js`);
  await module.default(element);
  element.dataset.ready = "true";
}

for (const element of document.querySelectorAll("[data-module]")) {
  start(element).catch((error) => {
    element.dataset.failed = "true";
    throw error;
  });
}
