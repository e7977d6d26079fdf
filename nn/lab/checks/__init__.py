"""The checks of the notebooks' exercises, one module per notebook, in the order of the notebooks:

`one_neuron`, `chain_rule`, `activation_functions`, `networks`, `loss_functions`, `backpropagation`, `broadcasting`,
`initialisation`, `optimizers`, `digit_classifier`. Every check takes what the student wrote and gives a `Verdict`.
"""
