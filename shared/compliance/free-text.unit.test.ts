import assert from 'node:assert/strict';
import fc from 'fast-check';
import { knownMisreadings } from './free-text/known-misreadings.ts';
import { classifyFreeText, consequenceOf, type FreeTextVerdict, freeTextData } from './free-text.ts';
import { consentVocabulary } from './vocabulary.ts';

const TEXTS: Readonly<Record<string, Readonly<Record<FreeTextVerdict, readonly string[]>>>> = {
  English: {
    opt_out: [
      'STOP',
      'Stop.',
      'stop!!!',
      'OPT OUT',
      'opt-out',
      'Stop all',
      'UNSUBSCRIBE',
      's t o p',
      '“Stop”',
      'cancel 🛑',
    ],
    revocation: [
      'yall need to stop',
      'Can u stop with all these msgs',
      'I asked you to stop',
      'I said STOP',
      'please quit it',
      'Ok you can stop now',
      'Stop it',
      'stop bugging me',
      'stop blowing up my phone',
      'I would like to be removed',
      'I want to be removed from this list',
      'Kindly take me off of this text chain',
      'Take me out of this group',
      'i need out',
      'Pls dont txt me nomore',
      'do not reply to me',
      'No texts please',
      'no texting',
      'quit bothering me',
      'cease and desist',
      'I do not consent to this',
      'You do not have permission to text me',
      'i dont want to participate',
      'I wish to withdraw from the program',
      'Please discontinue',
      'unenroll me',
      'Turn these off',
      'turn off notifications',
      'how do I stop these messages',
      'How can I get off this list',
      'make it stop',
      "I don't know who this is, stop",
      'wrong # ',
      'this number belongs to someone else',
      "Bob doesn't have this number anymore",
      'I quit',

      'please stop texting me',
      'Please STOP',
      'STOP PLEASE',
      'stop stop stop',
      'stop texting me!!',
      'Stop sending me these messages',
      'stop messaging me',
      'STOP CALLING ME',
      'can you please stop texting this number',
      'I want you to stop texting me',
      "why won't you stop texting me",
      'stop with the texts already',
      'Stop all messages',
      'quit texting me',
      'Quit sending me stuff',
      'stoooop',
      'STOPPP',
      'sotp',
      'unsubscibe',
      'Take me off your list',
      'take me off this list please',
      'Get me off this list',
      'please take my number off your list',
      'remove me',
      'Remove me from your list.',
      'please remove my number',
      'REMOVE THIS NUMBER FROM YOUR DATABASE',
      'delete my number',
      'lose my number',
      'no more texts',
      'No more messages please',
      'no more',
      "don't text me",
      'Do not text me again',
      'do not contact me anymore',
      "Don't ever text me again",
      'never text this number again',
      'dont send me any more messages',
      "I don't want these texts",
      'i dont want to receive messages anymore',
      'I do not want any more texts from you',
      'i no longer want to get these messages',
      "I don't want this anymore",
      'I want to opt out',
      'opt me out please',
      'please opt me out',
      'How do I unsubscribe?',
      'unsubscribe me from this',
      'I would like to unsubscribe',
      'i revoke my consent',
      'I withdraw my consent to be contacted',
      'cancel my subscription',
      'cancel these messages',
      'cancel all texts',
      'end these texts',
      'leave me alone',
      'leave me the hell alone',
      'fuck off',
      'go away',
      'Enough already!',
      'not interested',
      "I'm not interested",
      'No longer interested, thanks',
      'I never signed up for this',
      'i didnt sign up for these',
      'wrong number',
      'Sorry, you have the wrong number',
      'This is the wrong person',
      'Put me on your do not call list',
      'this is harassment',
      'reported as spam',
      "I'm done with this",
      'No! Stop!',
      'ok stop now thanks',
      'Hi, please unsubscribe, thank you',
    ],
    doubtful: [
      'I changed my mind',
      'who is this and why are you texting me',
      'Why am I getting these texts',
      'when does this end',
      'I need to cancel my appointment for tuesday',
      "I don't want messages on sunday",
      "don't unsubscribe me",
      "sorry didn't mean to text stop",
      'what happens if i text stop',
      'is it ok to stop?',

      "don't stop",
      "Please don't stop texting me, I love these",
      'stop by at 5',
      'cancel my 3pm',
      'cancel my 3pm and book 4pm',
      "I'll be there at the end",
      'do not stop',
      "don't text me before 9",
      'dont call me at work',
      'i can stop anytime',
      'He said stop',
      'how did you get my number',
      'who gave you my number?',
      'this is annoying',
      'too many texts',
      'is this a scam',
      'no thanks',
      'I will call my lawyer',
      'she passed away last month',
      'I was stopped at the border',
      'can I cancel',
      '🛑',
      '🖕🖕',
      'I never stop texting',
      'why did it stop',
      'you have the wrong number, this is a school, ask for Anna',
    ],
    none: [
      "I am driving, can't text",
      'My bus stops here',
      'I quit my job',
      'call 911 and stop the bleeding',
      "don't stop taking antibiotics",
      'no more germs',
      'text me more',
      'I do not want to get sick',
      'i dont want the vaccine',
      "I don't like needles",
      'not now',
      'maybe later',
      "I'd like to stay subscribed",
      'Keep sending',
      'turn off the tap',

      'stop the bleeding first',
      'Stop the spread of germs',
      "I can't stop laughing",
      'wash for 20 seconds',
      'the bus stop',
      'the next stop is mine',
      'have a good weekend',
      'at the end of the day',
      'quit smoking',
      'stop smoking',
      'remove your gloves first',
      'they cancelled the game',
      'yes',
      'B',
      'b) soap and water',
      'no',
      '20',
      'hello',
      'thanks!',
      'Who is this?',
      'what is this about',
      'more',
      'next please',
      'text me tomorrow',
      'call me',
      'send me the next one',
      'I love these messages',
      'my friend wants these messages too',
      'endless',
      'nonstop fun',
      'antibiotics do not work on viruses',
      'before eating and after the bathroom',
      'because germs spread',
      'I got the vaccine',
      '',
      '   ',
      '😀',
      '👍',
    ],
  },
  Spanish: {
    opt_out: ['ALTO', 'Baja', 'parar', 'Cancelar', 'darme de baja'],
    revocation: [
      'no gracias ya no',
      'por favor no me molesten',
      'No molestar',
      'salir de la lista',
      'sácame de aquí',
      'no autorizo',
      'detener mensajes',
      'detengan esto',
      'quiero dejar de recibir mensajes',

      'no mas mensajes',
      'No más mensajes por favor',
      'no mas',
      'NO MÁS',
      'ya no quiero mensajes',
      'Ya no quiero recibir mensajes',
      'no quiero más mensajes',
      'no quiero que me escriban',
      'ya no me manden mensajes',
      'no me escriban más',
      'No me envíen más textos',
      'no me llame',
      'dejen de molestar',
      'deje de mandarme mensajes',
      'Dejen de escribirme por favor',
      'paren de enviarme mensajes',
      'pare por favor',
      'alto por favor',
      'quítenme de la lista',
      'Sáquenme de su lista',
      'bórrenme de su lista por favor',
      'elimine mi número',
      'denme de baja',
      'quiero cancelar',
      'quiero cancelar mi suscripción',
      'cancelen mi suscripción',
      'Cómo puedo darme de baja',
      'número equivocado',
      'Tiene el número equivocado',
      'se equivocó de número',
      'no estoy interesada',
      'no me interesa',
      'déjenme en paz',
      'ya basta',
      'retiro mi consentimiento',
      'yo no me inscribí en esto',
      'desuscríbanme',
    ],
    doubtful: [
      'si no me gusta puedo parar',
      'que paren la guerra',

      'no paren',
      'no pares',
      'por favor no dejen de escribirme',
      'cancelar mi cita de las 3',
      'no me llamen antes de las 9',
      'quien les dio mi numero',
      'esto es spam',
      'ya falleció',
      'no me mande hoy',
      'no gracias',
    ],
    none: [
      'no quiero vacunarme',
      'no quiero enfermarme',
      'fin del curso',
      'la presión alta o baja',

      'lavarse las manos',
      'fin de semana',
      'parar el sangrado',
      'para mi familia',
      'si',
      'al final',
      'buenos días',
      'sí quiero más mensajes',
      'no sé',
      'eliminar los gérmenes',
      'riesgo alto riesgo',
      'jabón y agua',
      'mándame otro',
    ],
  },
  French: {
    opt_out: ['ARRET', 'Arrêtez', 'désabonner', 'Annuler'],
    revocation: [
      'STOP PUB',
      'je veux arrêter',
      "ne plus m'envoyer de sms",
      'veuillez me retirer de la liste',
      'veuillez cesser',
      'stop sms',

      'arrêtez de m’envoyer des messages',
      "Arrêtez de m'écrire",
      "arrête de m'appeler",
      'Arrêtez les messages',
      'arrêtez svp',
      "Arrêtez s'il vous plaît",
      'plus de messages svp',
      "ne m'envoyez plus rien",
      'Ne me contactez plus',
      "ne m'appelez plus jamais",
      'je ne veux plus recevoir de messages',
      'Je veux plus de vos textos',
      'je ne veux plus',
      'enlevez-moi de votre liste',
      'Retirez-moi de la liste',
      'désabonnez-moi',
      'supprimez mon numéro',
      'comment me désabonner ?',
      'je retire mon consentement',
      'mauvais numéro',
      'Vous vous êtes trompé de numéro',
      'pas intéressé',
      "ça ne m'intéresse pas",
      'laissez-moi tranquille',
      'ça suffit',
      'je ne me suis pas inscrit',
      'aretez',
    ],
    doubtful: [
      'pas de sms le dimanche',

      "n'arrêtez pas",
      "n'arrêtez pas de m'écrire",
      'annuler mon rdv',
      "ne m'appelez pas avant 9h",
      'comment avez-vous eu mon numéro',
      "c'est une arnaque",
      'non merci',
    ],
    none: [
      'non je veux pas',
      'je ne veux pas être vacciné',

      'arrêt de bus',
      'à la fin',
      'bonne fin de semaine',
      'se laver les mains',
      'oui',
      'non',
      'bonjour',
      'arrêter de fumer',
      'je veux recevoir les messages',
      'encore un',
    ],
  },
  Portuguese: {
    opt_out: ['PARE', 'sair', 'Descadastrar', 'cancelar'],
    revocation: [
      'para de mandar mensagem',
      'parem com isso',
      'quero parar de receber',
      'tira meu número',
      'remover da lista',
      'não quero fazer parte disso',

      'pare de me mandar mensagens',
      'Parem de enviar mensagens',
      'pare por favor',
      'não me mande mais mensagens',
      'Não me liguem mais',
      'não quero mais',
      'não quero receber mensagens',
      'Não quero mais receber essas mensagens',
      'chega de mensagens',
      'sem mais mensagens',
      'me tire da lista',
      'Me remova dessa lista por favor',
      'remova meu número',
      'quero cancelar',
      'quero sair',
      'como faço para cancelar',
      'cancele minha assinatura',
      'retiro meu consentimento',
      'número errado',
      'foi engano',
      'não tenho interesse',
      'me deixe em paz',
      'eu não me cadastrei',
      'chega',
      'não envie mais',
    ],
    doubtful: [
      'não pare',
      'não parem de mandar',
      'cancelar minha consulta',
      'não me ligue antes das 9',
      'quem deu meu número',
      'isso é golpe',
    ],
    none: [
      'não quero me vacinar',
      'não quero ficar doente',

      'lavar as mãos',
      'fim de semana',
      'no fim do dia',
      'parar o sangramento',
      'sim',
      'não',
      'bom dia',
      'para mim',
      'quero receber mais mensagens',
      'água e sabão',
      'parar de fumar',
    ],
  },
};

describe('Free text: test items 1 and 2', () => {
  let texts = 0;
  for (const [language, byVerdict] of Object.entries(TEXTS)) {
    for (const verdict of ['opt_out', 'revocation', 'doubtful', 'none'] as const) {
      for (const text of byVerdict[verdict]) {
        texts += 1;
        it(`${language}: ${JSON.stringify(text)} is ${verdict}`, () => {
          const reading = classifyFreeText(text);
          assert.equal(reading.verdict, verdict, reading.rule ?? 'no rule');
          assert.equal(reading.rule === null, verdict === 'none');
        });
      }
    }
  }

  it('is tried on more than 150 texts', () => assert.ok(texts > 150, String(texts)));

  for (const { text, read } of knownMisreadings) {
    it(`is known to misread ${JSON.stringify(text)} as ${read}`, () => {
      assert.equal(classifyFreeText(text).verdict, read);
    });
  }

  it('takes every word of the vocabulary for an opt-out, alone, and with courtesies for a revocation at least', () => {
    for (const { optOut } of Object.values(consentVocabulary)) {
      for (const word of optOut) {
        assert.equal(classifyFreeText(word).verdict, 'opt_out', word);
        assert.equal(classifyFreeText(`${word}, please!`).verdict, 'revocation', word);
        assert.equal(classifyFreeText(`Please ${word} NOW`).verdict, 'revocation', word);
      }
    }
  });

  it('reads a text the same whatever its case, its accents, its spaces and its emoji', () => {
    const all = Object.values(TEXTS).flatMap((byVerdict) => Object.values(byVerdict).flat());
    const write = fc.constantFrom<((text: string) => string)[]>(
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
      (text) => `  ${text}\n`,
      (text) => text.replaceAll(' ', '  '),
      (text) => text.replaceAll(' ', '\u00A0'),
      (text) => text.replaceAll("'", '\u2019'),
      (text) => (text === '' ? text : `${text} \u{1F600}`),
      (text) => text.split('').join('\u200B'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...all.filter((text) => /\p{L}/u.test(text))), write, (text, rewrite) => {
        fc.pre(!/\p{Extended_Pictographic}/u.test(text));
        assert.deepEqual(classifyFreeText(rewrite(text)), classifyFreeText(text));
      }),
      { numRuns: 500 },
    );
  });

  it('has a reading for anything, in bounded time', () => {
    const pieces = fc.constantFrom(
      'stop',
      'the',
      'texts',
      'no',
      'more',
      'dont',
      'me',
      'of',
      'your',
      'de',
      'mensajes',
      ' ',
      '',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 300 }).map((all) => all.join(' ')),
        ),
        (text) => {
          const { verdict, rule } = classifyFreeText(text);
          assert.equal(rule === null, verdict === 'none');
        },
      ),
    );
    classifyFreeText('stop the '.repeat(10_000));
    classifyFreeText('no quiero '.repeat(10_000));
    classifyFreeText('do not want to '.repeat(10_000));
  });

  it('never suppresses less for a word added that is the person\u2019s own wish', () => {
    for (const text of TEXTS.English?.revocation ?? []) {
      assert.equal(classifyFreeText(`${text}. I mean it.`).verdict !== 'none', true, text);
    }
  });

  it('has ids of their own for all phrases, and phrases that compile', () => {
    const ids = Object.entries(freeTextData).flatMap(([language, { revocations, doubts }]) =>
      [...revocations, ...doubts].map(({ id }) => {
        assert.ok(id.startsWith(`${language}_`), id);
        return id;
      }),
    );
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('What follows from a reading', () => {
  const staffed = { reviewed: true, doubtSuppresses: false };
  it('suppresses a revocation at once and shows it to a person', () => {
    assert.deepEqual(consequenceOf('revocation', staffed), { suppress: true, review: true });
    assert.deepEqual(consequenceOf('opt_out', staffed), { suppress: true, review: false });
  });

  it('only shows what is doubtful, where somebody looks', () => {
    assert.deepEqual(consequenceOf('doubtful', staffed), { suppress: false, review: true });
    assert.deepEqual(consequenceOf('none', staffed), { suppress: false, review: false });
  });

  it('suppresses what is doubtful where nobody looks, or where configuration says so', () => {
    for (const policy of [
      { reviewed: false, doubtSuppresses: false },
      { reviewed: true, doubtSuppresses: true },
    ]) {
      assert.deepEqual(consequenceOf('doubtful', policy), { suppress: true, review: true });
      assert.deepEqual(consequenceOf('none', policy), { suppress: false, review: false });
    }
  });
});
