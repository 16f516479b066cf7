import type { VocabularyData } from './vocabulary-data.ts';

/** The English list in Portuguese. */
export const pt: VocabularyData = {
  optOut: [
    'pare',
    'parar',
    'parar tudo',
    'sair',
    'fim',
    'terminar',
    'encerrar',
    'revogar',
    'cancelar',
    'cancelar inscrição',
    'cancelar assinatura',
    'descadastrar',
    'desinscrever',
    'remover',
  ],
  optIn: ['iniciar', 'começar', 'assinar', 'inscrever'],
  agreement: ['sim'],
  help: ['ajuda', 'informação'],
};
