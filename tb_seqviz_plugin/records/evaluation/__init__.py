"""What a model can and cannot do: measures by slice of a data set, with the examples behind them."""
