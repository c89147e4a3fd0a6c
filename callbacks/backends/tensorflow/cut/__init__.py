"""A causal model run on its newest token alone: the model's own graph, each tensor of it cut to the newest place.

The graph is traced once, for texts of one length. Of what depends on the text only the newest place is computed, along its axis of
time; all else (weights, position tables, masks, what an encoder says of its source) is known in full, and cut at that place. An op
that reads along time, as the products of attention do, gets the whole tensor from a buffer to which each step adds its place: these
buffers turn out to be the keys and the values. Any other op along time, such as a convolution, runs in full on its buffers, and its
result is cut. Recurrent layers and `TimeDistributed` are stood in for while the graph is traced; a recurrent layer then goes on
from the states that it had. Whether all this is what the model computes, is for others to check.
"""
