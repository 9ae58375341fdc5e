'use strict';

const { PLACEHOLDER } = require('./media');

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });
const moment = new Intl.DateTimeFormat('fr-FR', {
  dateStyle: 'full',
  timeStyle: 'short',
  timeZone: 'Europe/Paris',
});

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }
  ul { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr));
       list-style: none; padding: 0 }
  img { background: #eee; display: block; height: auto; width: 100% }
  .notice { background: #fff3cd; padding: .75rem }`;

function page(title, content) {
  return `<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}
</style>
</head>
<body>
${content}
</body>
</html>
`;
}

function card(product, media) {
  return `<li>
<img src="${escape(media.imageOf(product))}" alt="" width="240" height="180"
 onerror="this.onerror=null;this.src='${PLACEHOLDER}'">
<strong>${escape(product.title)}</strong><br>${euros.format(product.price_cents / 100)}
</li>`;
}

/** The most viewed first, the others after them as they come. */
function byViews(products, popular) {
  const rank = new Map(popular.map(({ sku }, index) => [sku, index]));
  const rankOf = ({ sku }) => rank.get(sku) ?? popular.length;
  return [...products].sort((one, other) => rankOf(one) - rankOf(other));
}

function shopPage({ products, popular, media }) {
  const notice =
    media.state.state === 'up'
      ? ''
      : '<p id="media-notice" class="notice">Les photos sont momentanément indisponibles.</p>\n';
  const cards = byViews(products, popular).map((product) => card(product, media));
  return page(
    'Place de marché',
    `<h1>Place de marché</h1>\n${notice}<ul id="products">\n${cards.join('\n')}\n</ul>`,
  );
}

function maintenancePage({ until }) {
  const when = until
    ? `le <time datetime="${until.toISOString()}">${moment.format(until)}</time> (heure de Paris)`
    : 'dès que possible';
  return page(
    'Maintenance en cours',
    `<h1>Maintenance en cours</h1>
<p>La boutique est fermée le temps d’une intervention. Vos commandes confirmées sont conservées.</p>
<p id="return">Réouverture prévue ${when}.</p>`,
  );
}

function unavailablePage() {
  return page(
    'Boutique indisponible',
    `<h1>Boutique momentanément indisponible</h1>
<p>Le catalogue ne peut pas être affiché pour l’instant. Merci de réessayer dans un moment.</p>`,
  );
}

const PLACEHOLDER_IMAGE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180">
<rect width="240" height="180" fill="#ddd"/>
<text x="120" y="95" text-anchor="middle" font-family="sans-serif" fill="#555">photo à venir</text>
</svg>
`;

module.exports = { shopPage, maintenancePage, unavailablePage, PLACEHOLDER_IMAGE };
