/** For paper first: black on white, no colour that a photocopy would lose, entries that do not break across pages. */
export const PAGE_STYLE = `
@page { size: auto; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Helvetica Neue", Arial, sans-serif; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 12mm 10mm 24mm; max-width: 190mm; background: #fff; color: #16181d;
  font: 10.5pt/1.5 "Iowan Old Style", "Palatino Linotype", Palatino, "DejaVu Serif", Georgia, serif; }
h1, h2, h3, dt, .when, .kind, .hash, .tag, footer, th { font-family: "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif; }
header { border-bottom: 2pt solid #16181d; padding-bottom: 5mm; }
.kicker { font: 600 8.5pt/1 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; letter-spacing: .12em; text-transform: uppercase; color: #555b66; margin: 0 0 3mm; }
h1 { font-size: 24pt; line-height: 1.15; font-weight: 650; margin: 0 0 2mm; letter-spacing: -.01em; font-variant-numeric: tabular-nums; }
.lede { margin: 0; color: #3a3f49; }
h2 { font-size: 12pt; font-weight: 650; margin: 9mm 0 3mm; }
h3.day { font-size: 9pt; font-weight: 650; letter-spacing: .04em; color: #555b66; margin: 7mm 0 2mm; padding-bottom: 1.2mm; border-bottom: .5pt solid #c9ced6; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
th { text-align: left; font-weight: 600; font-size: 8pt; color: #555b66; padding: 0 4mm 1.2mm 0; border-bottom: .5pt solid #16181d; }
td { padding: 1.6mm 4mm 1.6mm 0; border-bottom: .5pt solid #dde1e7; vertical-align: top; }
.seal { border: .75pt solid #16181d; padding: 3.5mm 4mm; margin-top: 6mm; break-inside: avoid; }
.seal p { margin: 0 0 1.5mm; font-size: 9pt; }
.seal code, .hash, code { font-family: "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.seal code { display: block; font-size: 9.5pt; letter-spacing: .02em; overflow-wrap: anywhere; }
article { display: grid; grid-template-columns: 21mm 1fr; column-gap: 5mm; padding: 3.2mm 0; border-bottom: .5pt solid #e4e7ec; break-inside: avoid; }
.when { font-size: 8.5pt; color: #3a3f49; font-variant-numeric: tabular-nums; padding-top: .6mm; }
.when span { display: block; font-size: 7.5pt; color: #6b7280; }
.kind { font-size: 10pt; font-weight: 650; margin: 0; }
.tag { display: inline-block; font-size: 7.5pt; font-weight: 600; line-height: 1; padding: .9mm 1.6mm; margin-left: 1.5mm; border: .6pt solid #16181d; border-radius: 1mm; vertical-align: 1pt; white-space: nowrap; }
.tag.strong { background: #16181d; color: #fff; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
blockquote { margin: 2mm 0 1mm; padding: .4mm 0 .4mm 4mm; border-left: 2pt solid #16181d; white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote.quiet { border-left-color: #b4bac4; }
dl { display: grid; grid-template-columns: 38mm 1fr; gap: .5mm 4mm; margin: 1.5mm 0 0; font-size: 9pt; }
dt { color: #555b66; font-size: 8pt; padding-top: .35mm; }
dd { margin: 0; overflow-wrap: anywhere; }
.hash { font-size: 7pt; color: #6b7280; margin: 1.6mm 0 0; overflow-wrap: anywhere; }
.none { color: #555b66; font-style: italic; }
footer { margin-top: 9mm; padding-top: 3mm; border-top: .5pt solid #16181d; font-size: 8pt; line-height: 1.55; color: #3a3f49; }
@media print { body { padding: 0; max-width: none; } }
`;
