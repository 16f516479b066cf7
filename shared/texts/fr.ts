import type { BuiltInTexts } from './text-names.ts';

/** The texts about consent and help keep to letters that fit into one SMS segment (no ê, ç, ô). */
export const fr: BuiltInTexts = {
  tryAgain: "Ce n'est pas tout à fait ça. Essayez encore.",
  correctedAnswer: "Ce n'est pas tout à fait ça. La bonne réponse est : {{correctAnswer}}",
  right: 'Bonne réponse !',
  invalidCode: 'Nous ne connaissons pas ce code. Vérifiez-le et renvoyez-le, ou répondez AIDE.',
  wordsOnly:
    'Désolé, nous ne pouvons pas lire ici les images, les enregistrements ni les fiches de contact. Écrivez-le avec des mots.',
  reminder:
    'Bonjour {{name}}, votre dernière question de {{programme}} vous attend. Répondez quand vous voulez.',
  optOutConfirmation:
    '{{programme}} ({{organisation}}) : vous ne recevrez plus de messages. Pour revenir, envoyez START.',
  optedBackIn:
    "{{programme}} : vous recevrez de nouveau nos messages. Des frais peuvent s'appliquer. AIDE pour de l'aide, STOP pour finir.",
  menu: "{{programme}} : SUITE pour la suite, SUPPORT pour joindre une personne, AIDE pour de l'aide, STOP pour finir.",
  support: '{{programme}} : joignez une personne via {{contact}}, ou écrivez ici et nous vous lirons.',
  help: "{{programme}} ({{organisation}}). Aide : {{contact}}. SUITE pour la suite, STOP pour finir. Des frais peuvent s'appliquer.",
  nothingMore: 'Vous avez terminé toutes les leçons de {{programme}}. Merci de votre participation !',
};
