#include "tests/model/sample_vocabulary.h"
