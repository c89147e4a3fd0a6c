"""What a model can and cannot do: measures by slice of a data set, with their intervals and the examples behind them."""
