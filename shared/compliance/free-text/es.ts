import { attached } from './attached.ts';
import type { FreeTextData } from './free-text-data.ts';
import { notNames } from './not-names.ts';

const NOUN =
  '(?:mensajes?|mensages?|textos?|sms|llamadas?|alertas?|notificaciones|recordatorios|correos?|avisos|lecciones)';
/** What opt-out buttons name: "Detener promociones". */
const OFFERED =
  '(?:promociones|promocion|promos?|ofertas?|publicidad|marketing|actualizaciones|novedades|anuncios?|boletines|cupones|encuestas?)';
const NOT_A_TIME =
  '(?! (?:antes|hasta|a las|a la|hoy|manana|durante|despues|ahora|todavia|por la|en la|cuando|mientras)\\b)';

export const es: FreeTextData = {
  courtesy: [
    'por favor',
    'porfavor',
    'porfa',
    'ya',
    'gracias',
    'ahora',
    'ahora mismo',
    'hola',
    'ok',
    'si',
    'senor',
    'senora',
    'todo',
    'esto',
    'eso',
    'disculpe',
    'perdon',
    'de una vez',
    'y',
    'inmediatamente',
    'favor de',
  ],
  sentences: [
    'alto',
    'pare',
    'paren',
    'detente',
    'detenga',
    'detengan',
    'detengase',
    'detenganse',
    'parale',
    'parele',
    'parenle',
    'desuscribir',
    'desuscribirme',
    'darme de baja',
  ],
  attached: attached.es,
  notNames: notNames.es,
  revocations: [
    {
      id: 'es_no_molestar',
      words:
        '(?:por favor )?(?:ya )?no (?:moleste[ns]?|molestar|escriba[ns]?|mande[ns]?|envie[ns]?|llame[ns]?)(?: mas| por favor| nada)*',
      whole: true,
    },
    {
      id: 'es_no_thanks_no_more',
      words: '(?:no gracias )?(?:ya no|no mas)(?: gracias| me interesa)?',
      whole: true,
    },
    {
      id: 'es_leave_list',
      words:
        '(?:salir|salirme|sacar|sacarme|saqueme|sacame|saquenme) (?:de|del) (?:la |esta |este |el |su )?(?:lista|grupo|programa|sistema|aqui|esto)',
      turnable: true,
    },
    {
      id: 'es_no_permission',
      words: 'no (?:autorizo|doy (?:mi )?(?:permiso|consentimiento)|di (?:mi )?(?:permiso|consentimiento))',
    },
    {
      id: 'es_stop_this',
      words:
        '(?:por favor )?(?:detengan|detenga|deten|paren|pare|para|dejen|deje|suspendan|cancele|cancelen|cancela) (?:esto|eso|todo|ya esto)(?: ya| por favor)?',
      whole: true,
    },
    {
      id: 'es_stop_receiving',
      words: '(?:quiero|quisiera|deseo|necesito|como) (?:puedo )?(?:dejar|parar) de recibir',
    },
    {
      id: 'es_no_more',
      words: `(?:ya )?no (?:me )?(?:mas|manden mas|envien mas)(?: de)?(?: (?:sus|estos|esos|los|tus))?(?: ${NOUN})`,
      turnable: true,
    },
    {
      id: 'es_no_more_alone',
      words:
        '(?:ya )?(?:no mas|no mas por favor|ya no|ya no mas|ya no quiero|basta|basta ya|ya basta|suficiente)(?: por favor| gracias)?',
      whole: true,
    },
    {
      id: 'es_do_not_want',
      words: `(?:ya )?no (?:quiero|deseo|quisiera|necesito)(?: (?:ya|mas|recibir|seguir recibiendo|seguir|estos|esos|sus|tus|que me|los|ningun|ninguna|nada de))* (?:${NOUN}|recibirlos|recibir nada|manden|envien|escriban|llamen|contacten|molesten|manden mas|escribas|mandes)`,
    },
    {
      id: 'es_do_not_want_this',
      words:
        '(?:ya )?no (?:quiero|deseo) (?:mas|esto|esto mas|nada|nada mas|participar|seguir|recibir mas|continuar)(?: gracias| por favor)?',
      whole: true,
    },
    {
      id: 'es_do_not_write',
      words: `(?:ya )?(?:no|nunca|jamas) (?:me|nos) (?:vuelva[ns]? a )?(?:escrib(?:a|an|as|ir)|mand(?:e|en|es|ar)|envi(?:e|en|es|ar)|contact(?:e|en|es|ar)|llam(?:e|en|es|ar)|molest(?:e|en|es|ar)|texte(?:e|en|es|ar))${NOT_A_TIME}`,
    },
    {
      id: 'es_stop_writing',
      words:
        '(?:dej(?:a|e|en|ar)|par(?:a|e|en|ar)|ces(?:e|en)) de (?:estar )?(?:mandar|enviar|escribir|molestar|llamar|textear|contactar|acosar|mensajear|mandando|enviando|escribiendo|molestando|llamando)(?:me|nos|le)?',
      turnable: true,
    },
    {
      id: 'es_stop_messages',
      words: `(?:paren|pare|detengan|detenga|detener|suspender|cancelen|cancele|cancela|cancelar|suspendan|alto a)(?: (?:los|sus|estos|esos|mis|con|todos|a))* ${NOUN}`,
      turnable: true,
    },
    {
      id: 'es_stop_offers',
      words: `(?:por favor )?(?:stop|alto a|pare|paren|parar|deten|detener|detenga|detengan|suspender|suspenda|suspendan|cancelar|cancele|cancelen|no mas|no enviar|dejar de recibir)(?: (?:las?|los|sus?|estas?|estos|esas?|esos|todas?|todos|mis|de|con|mas))* ${OFFERED}(?: (?:por favor|porfa|ya|gracias))*`,
      whole: true,
    },
    {
      id: 'es_remove_me',
      words:
        '(?:quit|sac|saqu|borr|elimin|remuev|remov|dar)(?:e|en|a|ar|er)?(?:me|nos) (?:de|del)(?: (?:la|su|tu|esta|sus|estas|mi|el|todas))* ?(?:listas?|baja|sistema|grupo|base|numero)',
      turnable: true,
    },
    {
      id: 'es_remove_me_alone',
      words:
        '(?:por favor )?(?:quite|quiten|saque|saquen|borre|borren|elimine|eliminen|remueva|remuevan|saca|quita|borra|elimina)(?:me|nos)(?: ya| por favor| gracias)?',
      whole: true,
    },
    {
      id: 'es_remove_number',
      words:
        '(?:quit|sac|saqu|borr|elimin|remuev|remov)(?:e|en|a|an|ar|er|ue|uen) (?:mi|este|ese) (?:numero|telefono|celular|nombre|contacto)',
      turnable: true,
    },
    {
      id: 'es_unsubscribe',
      words: '(?:des?suscri(?:bir|ba|ban|be)|desuscri(?:bir|ba|ban|be)|desuscripcion)(?:me|se|nos)?',
      turnable: true,
    },
    { id: 'es_sign_me_off', words: '(?:den|de|dar|da)(?:me|nos) de baja', turnable: true },
    {
      id: 'es_want_out',
      words:
        '(?:quiero|quisiera|deseo|necesito|como puedo|como) (?:cancelar|salir|salirme|darme de baja|parar|detener)(?: (?:esto|esta|este|la|mi|el|los|de|ya|estos|todo))*(?: (?:suscripcion|servicio|programa|lista|grupo|mensajes|textos))?',
      whole: true,
    },
    {
      id: 'es_cancel_service',
      words:
        '(?:cancel(?:ar|en|e|a|o)|anular|anulen) (?:mi |la |esta |el |este )?(?:suscripcion|servicio|inscripcion|registro|consentimiento)',
      turnable: true,
    },
    { id: 'es_revoke', words: '(?:retiro|revoco|quito) (?:mi )?(?:consentimiento|permiso|autorizacion)' },
    {
      id: 'es_wrong_number',
      words:
        '(?:perdon |disculpe |lo siento |hola |no )*(?:tiene |tienen |tienes |es |este es )?(?:el |un )?(?:numero|telefono|persona) equivocad[oa]|(?:se )?equivoc(?:o|aron|ado|ada) de (?:numero|persona)',
    },
    {
      id: 'es_not_interested',
      words:
        '(?:no |gracias |pero )*(?:no (?:estoy |estamos )?interesad[oa]s?|no me interesa)(?: gracias| por favor| mas)?',
      whole: true,
    },
    { id: 'es_leave_alone', words: '(?:deje|dejen|deja)(?:me|nos) (?:en paz|tranquil[oa])' },
    {
      id: 'es_did_not_sign_up',
      words:
        'no me (?:inscribi|registre|suscribi|apunte)|(?:yo )?no (?:pedi|solicite) (?:esto|estos|mensajes|sus)',
    },
    { id: 'es_misspelt', words: '(?:canselar|cancelarr|parrar|dejenme|desuscribir me|alto ya)', whole: true },
  ],
  turns: [
    'no',
    'nunca',
    'nunca me',
    'no me',
    'sin',
    'jamas',
    'por que',
    'porque no',
    'no quiero',
    'no voy a',
    'ya no hay',
    'no hay',
    'recibi',
    'tengo que',
  ],
  harmless: [
    '(?:fin|fines) de (?:semana|ano|mes|curso)',
    '(?:en|al|por|a) fin(?:al)?',
    'parar (?:el|la|los) (?:sangrado|hemorragia|contagio|virus|infeccion|propagacion|tos)',
    'alto(?:s)? (?:riesgo|nivel|en|el|contagio|grado)|(?:mas|muy|es|tan|en) alto',
  ],
  doubts: [
    {
      id: 'es_word_inside',
      words:
        '(?:alto|pare|paren|pares|parar|para ya|cancelar|cancele|cancelen|cancelo|desuscrib\\w*|desuscripcion|basta)',
    },
    {
      id: 'es_contact_inside',
      words: 'no (?:me |nos )?(?:escrib\\w+|mand\\w+|envi\\w+|llam\\w+|molest\\w+|dejes? de|dejen de)',
    },
    {
      id: 'es_do_not_want_inside',
      words: `(?:ya )?no (?:quiero|deseo) (?:mas|esto|nada|seguir|recibir|participar|${NOUN})|no me interesa`,
    },
    {
      id: 'es_who_gave',
      words:
        '(?:quien (?:les?|te) dio|como (?:consiguieron|obtuvieron|tienen|consiguio)|de donde (?:sacaron|saco)) mi numero',
    },
    {
      id: 'es_not_me',
      words: '(?:no soy (?:yo|\\w+)|aqui no (?:es|vive)(?: \\w+)?|fallecio|murio|ya fallecio)',
      whole: true,
    },
    {
      id: 'es_annoyed',
      words:
        '(?:molest(?:an|ia|o|osos?)|acoso|spam|estafa|abogado|demanda(?:r|re)?|numero equivocado|no gracias)',
    },
  ],
};
