import '@lumino/widgets/style/index.css';
import '@jupyterlab/ui-components/style/base.css';
import '@jupyterlab/apputils/style/base.css';
import '@jupyterlab/application/style/base.css';
import '@jupyterlab/rendermime/style/base.css';
import '../../style/index.css';
import '../../style/page.css';
