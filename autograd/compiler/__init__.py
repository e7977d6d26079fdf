"""The compiler: scalars in, matrix products out.

The files, in the order in which a graph passes through them:

| step            | file                | what it says                                                       |
|-----------------|---------------------|--------------------------------------------------------------------|
| graph → tape    | `tape.py`           | the graph as lists: each result computed once, sums of products as one `dot` |
| tape → plan     | `reroll.py`         | an array of all nodes that do the same, matrix products of `dot`s  |
|                 | `classes.py`        | which nodes do the same                                            |
|                 | `placement.py`      | where every scalar lives                                           |
|                 | `products.py`       | pairs of rows as matrix products                                   |
|                 | `plan.py`           | the result: arrays and where their operands are                    |
| plan → code     | `emit.py`           | statements, forward and backward                                   |
|                 | `naming.py`         | what arrays are called                                             |
|                 | `forward.py`        | the rules of the op table, read with symbols                       |
|                 | `domains.py`        | what shows that an operand has left an op's domain                  |
|                 | `backward.py`       | the chain rule on arrays                                           |
|                 | `gradient.py`       | a gradient on its way: number · array                              |
|                 | `accumulator.py`    | the gradients of an array add up                                   |
|                 | `writer.py`         | the program being written                                          |
|                 | `indexing.py`       | operands: a whole array, a slice, or gathered                      |
|                 | `formula.py`        | formulas on arrays, as one writes them on the board                |
|                 | `statements.py`     | the result: statements and constants                               |
| code → source   | `source.py`         | two functions, for the arrays of any library                       |
|                 | `calls.py`          | the same as calls into buffers, for NumPy                          |
|                 | `buffers.py`        | buffers, and which of them share memory                            |
| executors       | `choice.py`         | which one a plan gets                                              |
|                 | `executor.py`       | what an executor is                                                |
|                 | `array_executor.py` | the array program, on NumPy                                        |
|                 | `interpreter.py`    | the tape itself, node by node                                      |
|                 | `machine.py`        | the tape in machine code                                           |
|                 | `schedule.py`       | its order: nodes that do the same one after the other              |
|                 | `machine_code.py`   | rows of the op table as loops over such nodes                      |
|                 | `registers.py`      | the number system in which a rule is machine code                  |
|                 | `namespace.py`      | what a program asks of an array library                            |
|                 | `numpy_arrays.py`   | NumPy, made fast                                                   |
|                 | `libraries.py`      | PyTorch and JAX                                                    |
|                 | `threads.py`        | one thread for small products                                      |
| what users call | `compilation.py`    | `compile_graph`: all of the above, one after the other             |
|                 | `program.py`        | `Program`: called with arrays                                      |
|                 | `signature.py`      | what a program takes                                               |
|                 | `numeric.py`        | numbers as callers write them                                      |
|                 | `replay.py`         | a bad number: what the scalar graph says                           |
|                 | `transient.py`      | what copies start without                                          |
|                 | `display.py`        | a program in a notebook                                            |
| functions       | `decorator.py`      | `@compiled`                                                        |
|                 | `arguments.py`      | the arguments of a call, part by part                              |
|                 | `stand_ins.py`      | leaves in their place, to trace with                               |
|                 | `specialization.py` | a function traced for arguments of one kind                        |
"""

from autograd.compiler.compilation import compile_graph
from autograd.compiler.decorator import CompiledFunction, compiled
from autograd.compiler.program import Program

__all__ = ["CompiledFunction", "Program", "compile_graph", "compiled"]
