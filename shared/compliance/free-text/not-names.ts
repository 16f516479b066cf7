/** With spaces between. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** By language: see `FreeTextData.notNames`. */
export const notNames = {
  en: words(`
    drop roll look listen think breathe rest wait call dial go run get tell ask leave drink take eat
    apply check see use cover clean wash do then and or the a an to it at by in on of for with help dont
    not no never drive walk seek talk press hold stay sit lie danger sign light bus fire red start
    continue keep right left first because if when 911
  `),
  es: words(`
    y o el la los las un una de del en con por para no llamar llame mirar mire escuchar pensar piense
    esperar espere lavar lave ir vaya pedir pida tomar tome seguir siga fuego peligro alto rojo
  `),
  fr: words(`
    et ou le la les un une de du en avec pour ne pas appeler appelez regarder regardez attendre attendez
    laver lavez aller allez prendre prenez feu danger rouge
  `),
  pt: words(`
    e ou o a os as um uma de do da em com para nao ligar ligue olhar olhe esperar espere lavar lave ir
    va pedir peca tomar tome seguir siga fogo perigo vermelho
  `),
};
