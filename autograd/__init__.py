"""A scalar reverse-mode autodiff engine to teach and learn from."""
from autograd.value import *
