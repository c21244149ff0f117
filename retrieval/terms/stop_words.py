"""Words without information on the subject of a question."""

_GRAMMAR = """
a à ai aie aient ait alors as au aucun aucune aura aurait auront aussi autre autres aux avaient avais avait avant avec avez
avoir avons ayant c ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de des deux doit
dois doivent donc dont du elle elles en encore entre es est et etc étaient étais était étant etes êtes étiez être eu eux fait
faire faut fera il ils j je jusque l la le les leur leurs lors lorsque lui m ma mais me même mes mis moi mon n ne ni nos notre
nous on ont or ou où par parce pas pendant peu peut peuvent peux plus pour pourquoi pouvez pouvoir puis puisque qu quand que
quel quelle quelles quels qui quoi s sa sans sauf se sera seront ses si sien soi soient sois soit sommes son sont sous suis
sur t ta tandis te tel telle tels tes toi ton tous tout toute toutes très tu un une va vais vers veut veux voici voilà vos
votre vous y
"""

# The opening and closing words of messages to an administration.
_LETTERS = """
bonjour bonsoir madame monsieur mesdames messieurs mme mr merci remercie remercier remerciements avance cordialement
salutations sincères svp stp plaît plait cher chère voudrais voudrait souhaite souhaiterais souhaiterai souhaiter savoir
besoin aimerais aimerai question réponse renseignement renseignements informations information indiquer dire dites
"""

STOP_WORDS = frozenset(_GRAMMAR.split()) | frozenset(_LETTERS.split())
