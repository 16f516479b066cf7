import { attached } from './attached.ts';
import type { FreeTextData } from './free-text-data.ts';
import { notNames } from './not-names.ts';

const NOUN =
  '(?:messages?|textos?|sms|appels?|alertes?|notifications?|rappels?|courriels?|mails?|lecons?|envois?)';
/** What opt-out buttons name: "Arrêter les promotions". */
const OFFERED =
  '(?:promotions?|promos?|offres?|publicites?|pubs?|marketing|actualites|nouveautes|annonces?|newsletters?|sondages?)';
const NOT_A_TIME =
  '(?! (?:avant|jusqu\\w*|a \\d+|ce soir|demain|pendant|apres|maintenant|encore|quand|le matin|la nuit|aujourdhui|au travail)\\b)';
const SENDING =
  '(?:(?:m|me|nous|de|d|vos|les|ces|ses|la) ?)*(?:envoyer|envoye[rz]?|ecrire|ecrivez|contacter|contactez|appeler|appelez|texter|textez|harceler|deranger|derangez|embeter|spammer)';

export const fr: FreeTextData = {
  courtesy: [
    'svp',
    's il vous plait',
    'sil vous plait',
    'sil te plait',
    'stp',
    'merci',
    'maintenant',
    'bonjour',
    'salut',
    'ok',
    'oui',
    'tout',
    'ca',
    'cela',
    'tout de suite',
    'et',
    'desole',
    'desolee',
    'immediatement',
  ],
  sentences: ['stop', 'arrête', 'arrêtez', 'désabonner', 'désinscrire'],
  attached: attached.fr,
  notNames: notNames.fr,
  revocations: [
    {
      id: 'fr_want_out',
      words:
        '(?:je |j )?(?:veux|voudrais|souhaite|desire|aimerais) (?:arreter|quitter|annuler|stopper|me retirer)(?: (?:ca|tout|cela|les|vos|ces|le|la|liste|programme|groupe|messages|merci|svp))*',
      whole: true,
    },
    {
      id: 'fr_stop_offers',
      words: `(?:stop|arrete[rsz]?|cesse[rz]?|stopper|stoppez|interrompre|annule[rz]?|plus de)(?: (?:aux?|avec|a|la|les|l|vos|ces|tes|toutes|tous|de|d|recevoir))* ${OFFERED}(?: (?:svp|stp|merci|s il vous plait|sil vous plait))*`,
      whole: true,
    },
    { id: 'fr_stop_pub', words: 'stop (?:pub|pubs|publicite|spam)', whole: true },
    {
      id: 'fr_never_more',
      words: 'ne plus (?:m ?|me |nous )?(?:envoyer|ecrire|contacter|appeler|texter|recevoir|deranger)',
    },
    {
      id: 'fr_take_me_off',
      words: 'me (?:retirer|enlever|supprimer|desabonner|desinscrire|effacer|rayer)',
      turnable: true,
    },
    {
      id: 'fr_please_cease',
      words: '(?:veuillez|merci de|priere de|svp) (?:cesser|arreter|stopper)(?: (?:tout|ca|cela|svp|merci))*',
      whole: true,
    },
    {
      id: 'fr_no_permission',
      words: '(?:je )?(?:ne |n ?)?autorise (?:pas|plus)|(?:je )?(?:ne |n ?)?consens (?:pas|plus)',
    },
    {
      id: 'fr_stop_writing',
      words: `(?:arrete[rsz]?|cesse[rz]?|stop) (?:de |d ?)?${SENDING}`,
      turnable: true,
    },
    {
      id: 'fr_stop_messages',
      words: `(?:arrete[rsz]?|cesse[rz]?|stoppez|annule[rz]?|stop)(?: (?:avec|tous|toutes|les|vos|ces|tes|aux?|a|mes|l|de|d))* ${NOUN}`,
      turnable: true,
    },
    {
      id: 'fr_no_more',
      words: `(?:plus (?:de|d|aucun)|pas de|assez de|fini les) ${NOUN}(?: svp| s il vous plait| sil vous plait| merci)?`,
      whole: true,
    },
    {
      id: 'fr_do_not_write',
      words: `ne (?:m ?|me |nous )(?:envoy|ecriv|contact|appel|text|derang|spamm|embet)(?:ez|e|es|er|ai|ons)?(?: (?:plus|pas|jamais|rien))${NOT_A_TIME}`,
    },
    {
      id: 'fr_do_not_want',
      words: `(?:je |j )?(?:ne |n ?)?(?:veux|souhaite|desire|voudrais|desirons|voulons)(?: (?:plus|pas|pas de|aucun))+(?: (?:jamais|de|d|recevoir|les|vos|ces|que vous|etre|avoir))* ?(?:${NOUN}|recevoir|contactee?|mecriviez|menvoyiez|derangee?)`,
    },
    {
      id: 'fr_do_not_want_this',
      words:
        '(?:je )?(?:ne )?(?:veux|souhaite) (?:plus|plus rien|plus participer|plus continuer|plus de ca|plus ca)(?: merci| svp)?',
      whole: true,
    },
    {
      id: 'fr_remove_me',
      words:
        '(?:enlevez?|retirez?|supprimez?|effacez?|otez|rayez|desabonnez?|desinscrivez?|desinscris)(?: |)moi',
      turnable: true,
    },
    {
      id: 'fr_remove_number',
      words:
        '(?:enleve[rz]?|retire[rz]?|supprime[rz]?|efface[rz]?|otez|rayez) (?:mon|ce) (?:numero|nom|telephone|contact)',
      turnable: true,
    },
    {
      id: 'fr_unsubscribe',
      words: '(?:(?:me|se|nous) )?(?:desabonn(?:er|ement)|desinscri(?:re|ption))',
      turnable: true,
    },
    {
      id: 'fr_revoke',
      words:
        '(?<!\\b(?:ne|pas|jamais) )(?:(?:retire|revoque|annule) (?:mon )?(?:consentement|autorisation|accord|abonnement|inscription)|annule[rz]? (?:mon|l) ?(?:abonnement|inscription))',
    },
    {
      id: 'fr_wrong_number',
      words: '(?:mauvais|faux) numero|(?:trompee?s?) de (?:numero|personne)|(?:mauvaise) personne',
    },
    {
      id: 'fr_not_interested',
      words:
        '(?:non |merci |mais |desolee? )*(?:je (?:ne )?suis |suis )?(?:pas|plus) interess(?:e|ee|es)(?: merci| desolee?)?|(?:ca )?(?:ne )?m ?interesse (?:pas|plus)',
      whole: true,
    },
    {
      id: 'fr_leave_alone',
      words: '(?:laisse[rz]?|fichez|foutez) (?:moi|nous) (?:tranquilles?|la paix|en paix)',
    },
    {
      id: 'fr_enough',
      words:
        '(?:ca suffit|assez|cest assez|y en a marre|foutez le camp|degagez|degage)(?: maintenant| svp| merci)?',
      whole: true,
    },
    {
      id: 'fr_did_not_sign_up',
      words:
        '(?:je )?(?:ne |n ?)?(?:me suis|m ?etais|ai) (?:pas|jamais) (?:inscrite?|abonnee?|demande|accepte)',
    },
    { id: 'fr_misspelt', words: '(?:aret|arete|aretez|arretter|desabonez|desaboner|stope)', whole: true },
  ],
  turns: ['n', 'ne', 'pas', 'jamais', 'je', 'pourquoi', 'ne pas', 'il', 'elle', 'ils', 'sans', 'jai du'],
  harmless: [
    'arrets? (?:de |d ?)(?:bus|autobus|metro|tram|travail|maladie|cardiaque)',
    '(?:en|la|de|du) fin (?:de|du|d) ?(?:semaine|journee|mois|annee|cours|compte)',
    '(?:a|vers|jusqua) la fin',
    'arrete[rz]? (?:de )?(?:fumer|boire|tousser|le saignement|l ?hemorragie|la propagation|les microbes)',
  ],
  doubts: [
    { id: 'fr_no_messages', words: `pas de ${NOUN}` },
    {
      id: 'fr_word_inside',
      words:
        '(?:arret|n?arrete[rsz]?|stopper|stoppez|annule[rz]?|quitter|desabonn\\w*|desinscri\\w*|resilie[rz]?|suppprimer|retirez)',
    },
    {
      id: 'fr_contact_inside',
      words:
        'ne (?:m ?|me |nous )(?:envoy\\w*|ecriv\\w*|contact\\w*|appel\\w*|text\\w*|derang\\w*)|m(?:envoyez|ecrivez|appelez) (?:plus|pas)',
    },
    { id: 'fr_do_not_want_inside', words: '(?:je )?(?:ne )?veux plus|pas interessee?' },
    {
      id: 'fr_who_gave',
      words: '(?:comment avez vous eu|qui vous a donne|dou avez vous|ou avez vous trouve) mon numero',
    },
    { id: 'fr_not_me', words: '(?:ce nest pas (?:moi|\\w+)|decedee?|est mort(?:e)?)' },
    { id: 'fr_annoyed', words: '(?:harcelement|spam|arnaque|avocat|plainte|penible|non merci)' },
  ],
};
