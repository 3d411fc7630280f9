"""The closed-list matcher on recognisers' mistakes: bench/matching/corpus.yaml, written by the authors."""
